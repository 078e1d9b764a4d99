//! The figures of a running server, for Prometheus. They count and measure; no label names a
//! person, an account, a client or an address.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use metrics::{counter, gauge, histogram, with_local_recorder};
use metrics_exporter_prometheus::{
    Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};
use services::Kept;

/// The bounds of the buckets of durations, in seconds.
const SECONDS: [f64; 10] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
const DURATION: &str = "kept_http_request_duration_seconds";

/// The figures of one server: each has its own.
pub(crate) struct Figures {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    /// One rendering at a time.
    rendering: Mutex<()>,
    connections: AtomicU32,
}

/// A connection that is counted until this is dropped.
pub(crate) struct Connected<'f>(&'f Figures);

impl Drop for Connected<'_> {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Figures {
    pub(crate) fn new() -> Self {
        let builder = PrometheusBuilder::new();
        let matcher = Matcher::Full(DURATION.to_owned());
        // The bounds are not empty, which is all that can be wrong with them.
        let builder = builder
            .set_buckets_for_metric(matcher, &SECONDS)
            .unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        Self {
            handle: recorder.handle(),
            recorder,
            rendering: Mutex::default(),
            connections: AtomicU32::new(0),
        }
    }

    /// Counts an answered request, by the template of its route.
    pub(crate) fn answered(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let class = match status / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        let route = route.to_owned();
        with_local_recorder(&self.recorder, || {
            counter!("kept_http_requests_total", "method" => method, "route" => route.clone(), "class" => class).increment(1);
            histogram!(DURATION, "route" => route).record(took.as_secs_f64());
        });
    }

    /// Counts a request that was refused before it was looked at.
    pub(crate) fn refused(&self, why: &'static str) {
        with_local_recorder(&self.recorder, || {
            counter!("kept_http_refused_total", "why" => why).increment(1);
        });
    }

    /// Counts a handshake that failed.
    pub(crate) fn handshake_failed(&self) {
        with_local_recorder(&self.recorder, || {
            counter!("kept_tls_handshakes_failed_total").increment(1);
        });
    }

    /// Counts a connection for as long as it lasts.
    pub(crate) fn connected(&self) -> Connected<'_> {
        self.connections.fetch_add(1, Ordering::Relaxed);
        Connected(self)
    }

    /// Counts a chore of the night.
    pub(crate) fn chore(&self, chore: &'static str, done: bool) {
        let outcome = if done { "done" } else { "failed" };
        with_local_recorder(&self.recorder, || {
            counter!("kept_jobs_total", "job" => chore, "outcome" => outcome).increment(1);
        });
    }

    /// All figures, in the text format of Prometheus.
    pub(crate) fn render(&self, kept: &Kept) -> String {
        let _one = self
            .rendering
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let condition = kept.condition();
        with_local_recorder(&self.recorder, || {
            gauge!("kept_connections").set(f64::from(self.connections.load(Ordering::Relaxed)));
            gauge!("kept_ready").set(if condition.is_ok() { 1.0 } else { 0.0 });
            let Ok(condition) = &condition else {
                return;
            };
            // Above 2^53 a count is no longer exact; nothing here gets there.
            let number = |count: u64| count as f64;
            gauge!("kept_journal_entries").set(number(condition.entries));
            gauge!("kept_journal_unpublished_entries").set(number(condition.unpublished));
            gauge!("kept_store_queue").set(number(condition.queued));
            gauge!("kept_keys_epoch_age_seconds").set(condition.epoch_age.as_secs_f64());
            gauge!("kept_sweep_lateness_seconds").set(condition.sweep_lateness.as_secs_f64());
            if let Some(at) = condition.nightly_done {
                gauge!("kept_nightly_done_timestamp_seconds").set(at.as_second() as f64);
            }
            if let Some(last) = &condition.last_backup {
                gauge!("kept_backup_timestamp_seconds").set(last.at.as_second() as f64);
            }
            let shipped = kept.last_shipping();
            let good = shipped.iter().filter(|it| it.failed.is_none()).count();
            gauge!("kept_keyring_copies").set(number(good as u64));
            gauge!("kept_keyring_copies_wanted").set(number(kept.copy_places().len() as u64));
        });
        self.handle.run_upkeep();
        self.handle.render()
    }
}
