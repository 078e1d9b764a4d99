//! `/me`: what people see and do with what is held about them.

mod choices;
mod correct;
mod data;
mod link;
mod trace;

use axum::Router;
use axum::routing::{get, post};

use crate::site::Site;

/// Where somebody goes who came from nowhere.
const HOME: &str = "/me";

/// The addresses of the portal.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route(HOME, get(data::get))
        .route("/me/sign-in", get(link::show).post(link::ask))
        .route("/me/enter", get(link::show_enter).post(link::enter))
        .route("/me/sign-out", post(link::sign_out))
        .route("/me/copy", post(data::copy))
        .route(
            "/me/correct/{record}",
            get(correct::get).post(correct::post),
        )
        .route("/me/trace", get(trace::get))
        .route("/me/choices", get(choices::get).post(choices::post))
}
