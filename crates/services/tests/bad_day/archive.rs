//! A thief with what a database server leaves lying about: base backups, the archive of its
//! write-ahead log, its files as they are (10j).

use std::path::{Path, PathBuf};
use std::process::Stdio;

use testkit::postgres::{Durable, Postgres, as_server, databases_on, programs, psql};

use crate::house::{House, acting, add, find, forget, read};
use crate::thief::{Thief, copy_folder, email_number};

/// Lets a server archive its log; gives the folder of the archive.
fn archiving(server: &Postgres) -> PathBuf {
    let archive = server.socket().join("archive");
    run("mkdir", &[archive.as_os_str()]);
    let copy = format!("cp %p {}/%f", archive.display());
    psql(server.socket(), "ALTER SYSTEM SET archive_mode = on");
    psql(
        server.socket(),
        &format!("ALTER SYSTEM SET archive_command = '{copy}'"),
    );
    psql(server.socket(), "ALTER SYSTEM SET full_page_writes = on");
    server.crash();
    server.go();
    archive
}

fn run<A: AsRef<std::ffi::OsStr>>(program: impl AsRef<Path>, arguments: &[A]) {
    let ran = as_server(&program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(ran.success(), "{}", program.as_ref().display());
}

/// Takes a base backup.
fn base_backup(server: &Postgres) -> PathBuf {
    let to = server.socket().join("base");
    let socket = server.socket().display().to_string();
    let folder = to.display().to_string();
    let arguments = [
        "-h", &socket, "-U", "kept", "-D", &folder, "-X", "stream", "-c", "fast",
    ];
    run(programs().join("pg_basebackup"), &arguments);
    to
}

/// The folders of a cluster that hold anything of ours: the log, and every database but those that
/// are made with the cluster, whose numbers are below 16384.
fn ours(cluster: &Path) -> Vec<PathBuf> {
    let databases = std::fs::read_dir(cluster.join("base")).unwrap();
    let numbered = databases.map(|database| database.unwrap().path());
    let made_by_us = numbered.filter(|database| {
        let number = database
            .file_name()
            .and_then(|name| name.to_str()?.parse().ok());
        number.is_some_and(|number: u32| number >= 16_384)
    });
    made_by_us.chain([cluster.join("pg_wal")]).collect()
}

/// A server on a base backup, which the thief starts.
struct Restored {
    folder: PathBuf,
}

impl Restored {
    fn start(folder: &Path) -> Self {
        let options = format!(
            "-c listen_addresses= -c unix_socket_directories={} -c archive_mode=off",
            folder.display()
        );
        let log = folder.join("log").display().to_string();
        let folder_name = folder.display().to_string();
        let arguments = [
            "-w",
            "-D",
            &folder_name,
            "-l",
            &log,
            "-o",
            &options,
            "start",
        ];
        run(programs().join("pg_ctl"), &arguments);
        Self {
            folder: folder.to_owned(),
        }
    }
}

impl Drop for Restored {
    fn drop(&mut self) {
        let folder = self.folder.display().to_string();
        run(
            programs().join("pg_ctl"),
            &["-D", &folder, "-m", "immediate", "stop"],
        );
    }
}

#[test]
fn base_backups_and_the_archived_log_give_nothing_back_once_the_keys_have_turned() {
    let server = Postgres::start(Durable::No);
    let archive = archiving(&server);
    let addresses = databases_on(server.socket());
    let schemas = addresses
        .each_ref()
        .map(|it| it.rsplit("%3D").next().unwrap());
    let (house, kept) = House::on_servers("2026-03-01T09:00:00Z", &addresses);
    let id = kept.vault().id();
    let (victim, victim_email) = ("Kerbrat-Villeneuve", "odile.kerbrat@exemple.fr");
    let gone = add(&kept, victim, victim_email);
    let survivor = add(&kept, "Quemeneur", "quemeneur@exemple.fr");
    let number = email_number(&kept);

    let base = base_backup(&server);
    // One who comes and goes between two backups stands in the archive alone.
    let (passing, passing_email) = ("Abgrall-Le-Floch", "abgrall@exemple.fr");
    let passed = add(&kept, passing, passing_email);
    let old_keys = house.place.path().join("old-keys");
    copy_folder(&house.keys(), &old_keys);

    for person in [gone, passed] {
        forget(&kept, person);
        assert!(read(&kept, person).is_err());
    }
    assert!(find(&kept, victim_email).is_empty());
    kept.rotate_keys(&acting(), &mut |_| {}).unwrap();
    assert!(read(&kept, survivor).is_ok());
    psql(server.socket(), "CHECKPOINT");
    psql(server.socket(), "SELECT pg_switch_wal()");
    for _ in 0..200 {
        let waiting = psql(
            server.socket(),
            "SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'",
        );
        if waiting.trim() == "0" {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }

    let old = Restored::start(&base);
    let stolen = |keys: &[&Path]| {
        let mut thief = Thief::with_keys(id, keys);
        thief.take_server(&base, schemas);
        thief.take_server(server.socket(), schemas);
        let files = [ours(&base), ours(&server.data()), vec![archive.clone()]];
        thief.take_files(&files.concat());
        thief
    };
    let now_keys = house.keys();
    let thief = stolen(&[&now_keys]);
    assert!(thief.learns("Quemeneur"), "the thief knows the trade");
    assert!(thief.confirms(number, "quemeneur@exemple.fr"));
    for value in [victim, victim_email, passing, passing_email] {
        assert!(!thief.learns(value));
    }
    for email in [victim_email, passing_email] {
        assert!(!thief.confirms(number, email));
    }

    // The limit, as with files: an epoch's key that was copied while it lived.
    let with_key = stolen(&[&now_keys, &old_keys]);
    assert!(with_key.learns(victim));
    assert!(with_key.confirms(number, victim_email));
    drop(old);
}
