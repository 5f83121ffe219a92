//! The options in the query text of a request: one type per kind of route.
//!
//! - An empty number is the default, a malformed one is refused; the first of repeated keys counts.
//! - Among a handler's parameters they stand behind the body: a connection on which a request was
//!   refused before its body was read cannot be used again.

use std::collections::BTreeMap;

use luge_engine::files::Format;
use luge_model::expand::Expand;
use luge_model::fields_param::Fields;
use luge_model::filter::FilterError;
use luge_model::limits;
use poem::http::Method;
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaParamIn, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use crate::http::error::Failure;

/// Every key of the query text with its first value: what rules see as `@request.query.*`.
pub(crate) fn pairs(request: &Request) -> BTreeMap<String, String> {
    let mut pairs = BTreeMap::new();
    if let Some(text) = request.uri().query() {
        for (key, value) in form_urlencoded::parse(text.as_bytes()) {
            pairs
                .entry(key.into_owned())
                .or_insert_with(|| value.into_owned());
        }
    }
    pairs
}

/// Options of routes that list: which page of what, in which order, showing what.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ListOptions {
    /// From 1.
    pub(crate) page: u64,
    /// At most `limits::PER_PAGE_MAX`.
    pub(crate) per_page: usize,
    /// Sort keys; empty for the order of creation.
    pub(crate) sort: String,
    /// A filter; empty for everything.
    pub(crate) filter: String,
    /// Whether the totals need not be counted.
    pub(crate) skip_total: bool,
    /// The keys to show.
    pub(crate) fields: Wanted,
}

impl ListOptions {
    fn of(request: &Request) -> Result<Self, Failure> {
        let mut pairs = pairs(request);
        let mut take = |name: &str| pairs.remove(name).unwrap_or_default();
        let page = whole_number("page", &take("page"))?;
        let per_page = whole_number("perPage", &take("perPage"))?;
        let skip_total = truth("skipTotal", &take("skipTotal"))?;
        Ok(Self {
            page: u64::try_from(page).unwrap_or(0).max(1),
            per_page: match usize::try_from(per_page).unwrap_or(0) {
                0 => limits::PER_PAGE_DEFAULT,
                asked => asked.min(limits::PER_PAGE_MAX),
            },
            sort: take("sort"),
            filter: take("filter"),
            skip_total,
            fields: Wanted::of(request)?,
        })
    }

    fn properties() -> Properties {
        vec![
            ("page", property("From 1.", "integer")),
            ("perPage", property("At most 1000.", "integer")),
            (
                "sort",
                property("Keys, each with `-` for descending.", "string"),
            ),
            ("filter", property("Which records, as a filter.", "string")),
            (
                "skipTotal",
                property("Whether to leave the totals out.", "boolean"),
            ),
            fields_property(),
        ]
    }
}

fn whole_number(name: &str, text: &str) -> Result<i64, Failure> {
    if text.is_empty() {
        return Ok(0);
    }
    text.parse().map_err(|_| {
        Failure::bad_request(format!(
            "The parameter {name} must be a whole number, not \"{text}\"."
        ))
    })
}

/// A parameter that is true or false.
pub(crate) fn truth(name: &str, text: &str) -> Result<bool, Failure> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "" | "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(Failure::bad_request(format!(
            "The parameter {name} must be true or false, not \"{text}\"."
        ))),
    }
}

/// Options of every route that answers JSON: which keys to show.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AnswerOptions {
    /// The keys to show.
    pub(crate) fields: Wanted,
}

impl AnswerOptions {
    /// The options of a request.
    pub(crate) fn of(request: &Request) -> Result<Self, Failure> {
        let fields = Wanted::of(request)?;
        Ok(Self { fields })
    }

    fn properties() -> Properties {
        vec![fields_property()]
    }
}

/// What the `fields` option says. A wrong one is refused before anything is written; where nothing
/// is, only by an answer that would have been good (contract §3.5).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted(Result<Fields, FilterError>);

impl Default for Wanted {
    fn default() -> Self {
        Self(Ok(Fields::default()))
    }
}

impl Wanted {
    fn of(request: &Request) -> Result<Self, Failure> {
        let text = option(request, "fields").unwrap_or_default();
        let wanted = Self(Fields::parse(&text));
        if [Method::POST, Method::PUT, Method::PATCH].contains(request.method()) {
            wanted.fields()?;
        }
        Ok(wanted)
    }

    /// The keys to show of a good answer; empty for all.
    pub(crate) fn fields(&self) -> Result<&Fields, Failure> {
        self.0
            .as_ref()
            .map_err(|error| Failure::bad_request(format!("Invalid fields: {error}")))
    }
}

/// Options of routes that change or remove what a filter selects.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SelectionOptions {
    /// A filter.
    pub(crate) filter: String,
    /// Whether only to count.
    pub(crate) preview: bool,
    /// The keys to show.
    pub(crate) fields: Wanted,
}

impl SelectionOptions {
    fn of(request: &Request) -> Result<Self, Failure> {
        let preview = option(request, "preview").unwrap_or_default();
        let fields = Wanted::of(request)?;
        // A delete writes too.
        fields.fields()?;
        Ok(Self {
            fields,
            filter: option(request, "filter").unwrap_or_default(),
            preview: truth("preview", &preview)?,
        })
    }

    fn properties() -> Properties {
        vec![
            ("filter", property("Which records; required.", "string")),
            ("preview", property("Whether only to count.", "boolean")),
            fields_property(),
        ]
    }
}

/// Whose: the caller's own, or for superusers those of a record.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HolderOptions {
    /// The id of the record.
    pub(crate) record: Option<String>,
    /// The keys to show.
    pub(crate) fields: Wanted,
}

impl HolderOptions {
    fn of(request: &Request) -> Result<Self, Failure> {
        Ok(Self {
            record: option(request, "record").filter(|id| !id.is_empty()),
            fields: Wanted::of(request)?,
        })
    }

    fn properties() -> Properties {
        let whose = "The record that they belong to; for superusers.";
        vec![("record", property(whose, "string")), fields_property()]
    }
}

/// Options of a file (contract §1.6); none can be wrong.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FileOptions {
    /// The size of a preview; empty for the file itself.
    pub(crate) size: String,
    /// The format of an image; `None` for its own.
    pub(crate) format: Option<Format>,
    /// Opens a protected file; empty for none.
    pub(crate) token: String,
    /// Whether the browser is to save the file rather than show it.
    pub(crate) download: bool,
}

impl FileOptions {
    fn of(request: &Request) -> Result<Self, Failure> {
        let mut pairs = pairs(request);
        let mut take = |name: &str| pairs.remove(name).unwrap_or_default();
        Ok(Self {
            format: format(&take("format"))?,
            size: take("thumb"),
            token: take("token"),
            download: truth("download", &take("download")).unwrap_or(false),
        })
    }

    fn properties() -> Properties {
        let thumb = "The size of a preview that the field has, e.g. `100x100`.";
        let format = "The format in which an image is sent: `webp` or `avif`.";
        vec![
            ("thumb", property(thumb, "string")),
            ("format", property(format, "string")),
            ("token", property("Opens a protected file.", "string")),
            ("download", property("Whether to save it.", "boolean")),
        ]
    }
}

/// The format that a file is asked for in; an empty one is its own.
fn format(name: &str) -> Result<Option<Format>, Failure> {
    if name.is_empty() {
        return Ok(None);
    }
    let known = Format::NAMES.join(" or ");
    let unknown = || Failure::bad_request(format!("The parameter format must be {known}."));
    Format::named(name).map(Some).ok_or_else(unknown)
}

/// Options of an aggregation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AggregateOptions {
    /// Which records; and which groups in which order.
    pub(crate) list: ListOptions,
    /// What groups records.
    pub(crate) group: String,
    /// What is computed: the lists of `sum`, `avg`, `min` and `max`.
    pub(crate) functions: [String; 4],
    /// Which groups.
    pub(crate) having: String,
}

impl AggregateOptions {
    fn of(request: &Request) -> Result<Self, Failure> {
        let take = |name: &str| option(request, name).unwrap_or_default();
        // Every group has its count; the parameter only says that it is wanted.
        truth("count", &take("count"))?;
        Ok(Self {
            list: ListOptions::of(request)?,
            group: take("group"),
            functions: ["sum", "avg", "min", "max"].map(take),
            having: take("having"),
        })
    }

    fn properties() -> Properties {
        let text = |name, description| (name, property(description, "string"));
        let mut properties = ListOptions::properties();
        properties.extend([
            text("group", "What groups records, e.g. `status,created:month`."),
            ("count", property("Always answered.", "boolean")),
            text("sum", "Numbers to add up."),
            text("avg", "Numbers to take the mean of."),
            text("min", "Fields whose least value is wanted."),
            text("max", "Fields whose greatest value is wanted."),
            text(
                "having",
                "Which groups, e.g. `count > 5 && sum.price > 10`.",
            ),
        ]);
        properties
    }
}

/// Options of routes that answer a record.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RecordOptions {
    /// The keys to show.
    pub(crate) fields: Wanted,
    /// The related records to show with it.
    pub(crate) expand: Expand,
}

impl RecordOptions {
    /// The options of a request.
    pub(crate) fn of(request: &Request) -> Result<Self, Failure> {
        Ok(Self {
            fields: Wanted::of(request)?,
            expand: expand(request)?,
        })
    }

    fn properties() -> Properties {
        vec![fields_property(), expand_property()]
    }
}

/// Options of routes that list records.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RecordsOptions {
    /// Which records.
    pub(crate) list: ListOptions,
    /// The related records to show with each of them.
    pub(crate) expand: Expand,
    /// Where to go on from instead of a page; empty for the beginning.
    pub(crate) cursor: Option<String>,
    /// Whether to tell how the records were found.
    pub(crate) explain: bool,
    /// What is searched for.
    pub(crate) search: SearchAsked,
}

impl RecordsOptions {
    fn of(request: &Request) -> Result<Self, Failure> {
        let mut list = ListOptions::of(request)?;
        let given = |name: &str| option(request, name).unwrap_or_default();
        let cursor = option(request, "cursor");
        if cursor.is_some() {
            if !given("page").is_empty() {
                return Err(Failure::bad_request(
                    "The parameters page and cursor exclude each other.",
                ));
            }
            // Totals take a look at every record, which is what a cursor is to avoid.
            list.skip_total |= given("skipTotal").is_empty();
        }
        Ok(Self {
            list,
            expand: expand(request)?,
            cursor,
            explain: truth("explain", &given("explain"))?,
            search: SearchAsked::of(request)?,
        })
    }

    fn properties() -> Properties {
        let mut properties = ListOptions::properties();
        properties.extend([
            expand_property(),
            (
                "cursor",
                property(
                    "Instead of a page: empty for the beginning, else `nextCursor`.",
                    "string",
                ),
            ),
            (
                "explain",
                property(
                    "Whether to tell how the records are found; for superusers.",
                    "boolean",
                ),
            ),
        ]);
        properties.extend(SearchAsked::properties());
        properties
    }
}

fn expand(request: &Request) -> Result<Expand, Failure> {
    Expand::parse(&option(request, "expand").unwrap_or_default())
        .map_err(|error| Failure::bad_request(format!("Invalid expand: {error}")))
}

/// The first value of a key of the query text.
fn option(request: &Request, name: &str) -> Option<String> {
    form_urlencoded::parse(request.uri().query()?.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// The parameters of one type of options, for the OpenAPI document.
type Properties = Vec<(&'static str, MetaSchemaRef)>;

fn property(description: &'static str, kind: &'static str) -> MetaSchemaRef {
    MetaSchemaRef::Inline(Box::new(MetaSchema {
        description: Some(description),
        ..MetaSchema::new(kind)
    }))
}

fn expand_property() -> (&'static str, MetaSchemaRef) {
    let description = "The relations to show, e.g. `author,comments_via_post.author`.";
    ("expand", property(description, "string"))
}

fn fields_property() -> (&'static str, MetaSchemaRef) {
    (
        "fields",
        property("The keys to show, e.g. `id,name`.", "string"),
    )
}

/// In OpenAPI an object in the query, exploded, is one parameter per property.
fn parameters(properties: Properties) -> MetaSchemaRef {
    MetaSchemaRef::Inline(Box::new(MetaSchema {
        properties,
        ..MetaSchema::new("object")
    }))
}

/// Makes types that can be read from a query extractors, documented by their properties.
macro_rules! extracted {
    ($($options:ty),+) => {$(
        impl<'a> ApiExtractor<'a> for $options {
            const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];

            type ParamType = ();
            type ParamRawType = ();

            fn register(_registry: &mut Registry) {}

            fn param_in() -> Option<MetaParamIn> {
                Some(MetaParamIn::Query)
            }

            fn param_schema_ref() -> Option<MetaSchemaRef> {
                Some(parameters(<$options>::properties()))
            }

            async fn from_request(
                request: &'a Request,
                _body: &mut RequestBody,
                _options: ExtractParamOptions<Self::ParamType>,
            ) -> poem::Result<Self> {
                Ok(Self::of(request)?)
            }
        }
    )+};
}

mod pages;
mod types;

pub(crate) use pages::PageOptions;
pub(crate) use types::TypesOptions;

extracted!(ListOptions, RecordsOptions, AnswerOptions, RecordOptions);
extracted!(TypesOptions);
extracted!(
    SelectionOptions,
    AggregateOptions,
    FileOptions,
    HolderOptions,
    RedirectOptions,
    SearchesOptions
);

mod search;
mod searches;

pub(crate) use search::SearchAsked;
pub(crate) use searches::SearchesOptions;

mod observed;
mod redirects;

pub(crate) use observed::{FilterOptions, HistoryOptions};
pub(crate) use redirects::RedirectOptions;

#[cfg(test)]
mod tests;
