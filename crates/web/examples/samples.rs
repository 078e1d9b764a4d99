//! Serves the sample of each page, to look at them: `cargo run -p web --example samples`.

use std::net::Ipv4Addr;

use axum::Router;
use axum::extract::RawQuery;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use maud::Markup;
use policy::model::Language;
use web::frame::Frame;
use web::pages::{
    account, beside, calendar, error, home, journal, people, person, privacy, sign_in,
};

const PORT: u16 = 8765;
const POLICIES: [(&str, &str); 2] = [
    (
        "/privacy",
        include_str!("../../../policies/assess-manager/policy.toml"),
    ),
    (
        "/privacy/club",
        include_str!("../../../policies/sports-club/policy.toml"),
    ),
];

fn frame(path: &str, query: Option<String>) -> Frame {
    let query = query.unwrap_or_default();
    let french = query.contains("language=fr");
    let language = if french { Language::Fr } else { Language::En };
    let mut frame = Frame::sample(language);
    frame.path = path.to_owned();
    if query.contains("theme=dark") {
        frame.theme = web::frame::Theme::Dark;
    }
    frame
}

fn page(
    router: Router,
    path: &'static str,
    render: impl Fn(&Frame) -> Markup + Clone + Send + Sync + 'static,
) -> Router {
    router.route(
        path,
        get(move |RawQuery(query): RawQuery| async move {
            Html(render(&frame(path, query)).into_string())
        }),
    )
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut router = Router::new()
        .route(
            "/style.css",
            get(|| async { ([(CONTENT_TYPE, "text/css")], web::STYLE).into_response() }),
        )
        .route(
            "/icon.svg",
            get(|| async { ([(CONTENT_TYPE, "image/svg+xml")], web::ICON).into_response() }),
        );
    router = page(router, "/", |frame| {
        home::render(&home::Home::sample(frame), frame)
    });
    router = page(router, "/people", |frame| {
        people::render(&people::People::sample(frame), frame)
    });
    router = page(router, "/people/{id}", |frame| {
        person::render(&person::Person::sample(frame), frame)
    });
    router = page(router, "/people/{id}/beside", |frame| {
        beside::render(&beside::Beside::sample(frame), frame)
    });
    router = page(router, "/calendar", |frame| {
        calendar::render(&calendar::Calendar::sample(frame), frame)
    });
    router = page(router, "/journal", |frame| {
        journal::render(&journal::Journal::sample(frame), frame)
    });
    router = page(router, "/parts", web::components::sample);
    router = page(router, "/sign-in", |frame| {
        sign_in::render(&sign_in::SignIn::sample(None), frame)
    });
    router = page(router, "/account", |frame| {
        account::render(&account::Account::sample(frame, false, None), frame)
    });
    router = page(router, "/error", |frame| {
        error::render(&error::Error::samples()[1], frame)
    });
    for (path, source) in POLICIES {
        let policy = policy::compile(source)
            .policy
            .ok_or("the policy has errors")?;
        router = page(router, path, move |frame| {
            let mut frame = frame.clone();
            frame.controller.clone_from(&policy.controller.name);
            frame.reading = None;
            privacy::render(
                &privacy::Privacy {
                    policy: &policy,
                    others: &[],
                    superseded: false,
                    changed: None,
                    documents: &[],
                },
                &frame,
            )
        });
    }
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, PORT)).await?;
    println!("http://localhost:{PORT}/");
    axum::serve(listener, router).await?;
    Ok(())
}
