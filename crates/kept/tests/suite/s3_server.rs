//! A service that speaks S3, for the tests: an independent one, over a folder.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tokio::runtime::Runtime;

const KEY: &str = "the-key-of-tests";
const SECRET: &str = "the-secret-of-tests";

/// The service, until it is dropped.
pub(crate) struct S3Server {
    _runtime: Runtime,
    address: SocketAddr,
}

impl S3Server {
    /// Serves a folder, in which each folder is a bucket.
    pub(crate) fn start(folder: &Path) -> Self {
        let mut service = S3ServiceBuilder::new(FileSystem::new(folder).unwrap());
        service.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let service = service.build();
        let runtime = Runtime::new().unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((socket, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    let connection = Builder::new(TokioExecutor::new());
                    let _ = connection
                        .serve_connection(TokioIo::new(socket), service)
                        .await;
                });
            }
        });
        Self {
            _runtime: runtime,
            address,
        }
    }

    /// Tells a command how the service is reached.
    pub(crate) fn tell<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("AWS_ENDPOINT_URL", format!("http://{}", self.address))
            .env("AWS_ACCESS_KEY_ID", KEY)
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
    }
}
