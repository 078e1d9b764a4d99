//! The programming interface, `/api/v1`: JSON for programs with a key, and for the console's own pages.
//!
//! A route reads its request into types, works at the desk of whoever asks, and gives what came of it.
//! Every error is a problem that names its rule. What it says of itself in `/api/openapi.json` is made
//! from the same code.

mod call;
mod corrections;
mod data;
mod described;
mod events;
mod evidence;
mod names;
mod organisations;
mod page;
mod policy;
pub(crate) mod problem;
mod reply;
mod rights;
mod subjects;

use std::collections::BTreeMap;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi as Description, RefOr, Response as Documented};
use utoipa::openapi::{ResponseBuilder, schema::Ref};
use utoipa::{IntoResponses, Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::problem::{KINDS, Problem, Wrong};
use crate::site::Site;

/// What the interface says of itself.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Kept",
        description = "Personal data under a policy that is a program. Every request about people's \
            data states a purpose and is made in a role; what the policy and the authorisation do not \
            let the role do is refused with the rule. Values are opened after the journal has recorded \
            it.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "subjects", description = "People, and what is held about them"),
        (name = "rights", description = "Consents, objections, restrictions, holds, erasure, copies and traces"),
        (name = "events", description = "What happened, which moves terms and bases"),
        (name = "organisations", description = "Organisations and who belongs to them"),
        (name = "decisions", description = "May this be done, and why; how much there is"),
        (name = "policy", description = "The policy, its names, and who may do what"),
    ),
    components(schemas(Problem)),
    modifiers(&Secured),
    security(("key" = [])),
)]
struct Api;

/// How a request is known to be somebody's.
struct Secured;

impl Modify for Secured {
    fn modify(&self, api: &mut Description) {
        let mut way = Http::new(HttpAuthScheme::Bearer);
        way.description = Some("The key of a program, made by `kept key add`".to_owned());
        if let Some(components) = &mut api.components {
            components.add_security_scheme("key", SecurityScheme::Http(way));
        }
    }
}

/// The errors that any request may be answered with.
struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        let stopped = (500, "stopped", "The installation has to be looked at");
        let all = KINDS.iter().copied().chain([stopped]);
        all.map(|(status, _, title)| {
            let content = ContentBuilder::new()
                .schema(Some(Ref::from_schema_name("Problem")))
                .build();
            let response = ResponseBuilder::new()
                .description(title)
                .content("application/problem+json", content)
                .build();
            (status.to_string(), RefOr::T(response))
        })
        .collect()
    }
}

fn described() -> OpenApiRouter<Site> {
    OpenApiRouter::with_openapi(Api::openapi()).nest(
        "/api/v1",
        OpenApiRouter::new()
            .routes(routes!(subjects::create, subjects::list))
            .routes(routes!(subjects::search))
            .routes(routes!(subjects::read, subjects::change))
            .routes(routes!(subjects::add))
            .routes(routes!(corrections::correct))
            .routes(routes!(evidence::dossier))
            .routes(routes!(evidence::trace))
            .routes(routes!(subjects::copy))
            .routes(routes!(events::of_person))
            .routes(routes!(rights::consent))
            .routes(routes!(rights::withdraw))
            .routes(routes!(rights::object))
            .routes(routes!(rights::lift_objection))
            .routes(routes!(rights::restrict))
            .routes(routes!(rights::lift_restriction))
            .routes(routes!(rights::hold))
            .routes(routes!(rights::lift_hold))
            .routes(routes!(rights::erase))
            .routes(routes!(rights::tell))
            .routes(routes!(rights::accept))
            .routes(routes!(organisations::link))
            .routes(routes!(organisations::unlink))
            .routes(routes!(organisations::create, organisations::list))
            .routes(routes!(organisations::read))
            .routes(routes!(events::of_organisation))
            .routes(routes!(evidence::decide))
            .routes(routes!(evidence::count))
            .routes(routes!(evidence::journal))
            .routes(routes!(policy::in_force))
            .routes(routes!(policy::versions))
            .routes(routes!(policy::differences))
            .routes(routes!(policy::catalogue))
            .routes(routes!(policy::what))
            .routes(routes!(policy::who)),
    )
}

/// The addresses of the interface.
pub(crate) fn router() -> Router<Site> {
    let (router, _) = described().split_for_parts();
    router
        .route("/api/openapi.json", axum::routing::get(openapi))
        .route("/api/{*nowhere}", axum::routing::any(nowhere))
}

/// What the interface says of itself, as JSON (OpenAPI 3.1).
#[must_use]
pub fn description() -> String {
    let (_, description) = described().split_for_parts();
    let mut text = description.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// The same for the page that people read.
pub(crate) fn view() -> crate::pages::interface::Interface {
    described::view(&serde_json::from_str(&description()).unwrap_or_default())
}

async fn openapi() -> Response {
    let head = [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "no-store"),
    ];
    (head, description()).into_response()
}

/// There is nothing at such an address.
async fn nowhere(_: Uri, reference: axum::Extension<crate::server::Reference>) -> Response {
    Wrong::new(StatusCode::NOT_FOUND, "there is nothing at this address")
        .remedy("see /api for what there is")
        .answer(&reference.0.0)
}
