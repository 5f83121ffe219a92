//! What a GraphQL request asks, however it comes (GraphQL over HTTP).

use async_graphql::Variables;
use poem::Request;
use poem::http::Method;
use serde_json::{Map, Value as Json};

use crate::http::body::{Kind, RawBody};
use crate::http::error::Failure;
use crate::http::query;

/// A document, which operation of it, and its variables.
pub(super) struct Query {
    pub(super) document: String,
    pub(super) operation: Option<String>,
    pub(super) variables: Variables,
}

impl Query {
    /// That of an HTTP request.
    ///
    /// # Errors
    /// What is no JSON is refused unread: nothing that a page of elsewhere may send by itself is
    /// ever carried out.
    pub(super) async fn of(request: &Request, body: RawBody) -> Result<Self, Failure> {
        if request.method() != Method::POST {
            return Self::of_address(request);
        }
        let content_type = request.content_type().unwrap_or_default();
        if !matches!(Kind::of(content_type), Kind::Json) {
            return Err(Failure::graphql_content_type());
        }
        Self::of_json(body.into_object().await?)
    }

    fn of_address(request: &Request) -> Result<Self, Failure> {
        let mut asked = Map::new();
        for (name, text) in query::pairs(request) {
            let value = match name.as_str() {
                "query" | "operationName" => Json::String(text),
                "variables" | "extensions" if !text.is_empty() => serde_json::from_str(&text)
                    .map_err(|error| {
                        Failure::bad_request(format!("The {name} are no JSON: {error}."))
                    })?,
                _ => continue,
            };
            asked.insert(name, value);
        }
        Self::of_json(asked)
    }

    /// That of an object with `query`, `operationName` and `variables`.
    pub(super) fn of_json(mut asked: Map<String, Json>) -> Result<Self, Failure> {
        let document = match asked.remove("query") {
            Some(Json::String(document)) if !document.trim().is_empty() => document,
            _ => {
                return Err(Failure::bad_request(
                    "The query must be a document, as a text.",
                ));
            }
        };
        let operation = match asked.remove("operationName") {
            None | Some(Json::Null) => None,
            Some(Json::String(name)) => Some(name).filter(|name| !name.is_empty()),
            Some(_) => return Err(Failure::bad_request("The operationName must be a text.")),
        };
        let variables = match asked.remove("variables") {
            None | Some(Json::Null) => Variables::default(),
            Some(variables @ Json::Object(_)) => Variables::from_json(variables),
            Some(_) => return Err(Failure::bad_request("The variables must be an object.")),
        };
        Ok(Self {
            document,
            operation,
            variables,
        })
    }
}
