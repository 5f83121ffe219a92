//! What the collections are called in a schema, and what leads from one to another.
//!
//! - There are two outlines of each catalog: of everything, for superusers; and of what others may
//!   know, without locked collections and hidden fields.
//! - Whoever comes first in the order of creation has the first choice of names.

use std::sync::Arc;

use luge_model::collection::{Collection, CollectionKind, Rule};
use luge_model::field::Field;

use super::names::{Taken, field_name, type_name};
use super::values::{Shape, are_names, is_kept};

/// The types and fields that belong to no collection.
const OWN_TYPES: &[&str] = &[
    "Query",
    "Mutation",
    "Subscription",
    "Int",
    "Float",
    "String",
    "Boolean",
    "ID",
    "JSON",
    "DateTime",
    "GeoPoint",
    "GeoPointInput",
    "NearInput",
    "File",
    "Search",
    "SearchGroup",
    "Searches",
    "Suggestion",
    "Group",
    "GroupPage",
    "ChangeAction",
    "AnyRecord",
    "Outcome",
    "Write",
    "TextFilter",
    "NumberFilter",
    "BoolFilter",
    "DateFilter",
    "IdFilter",
    "ListFilter",
    "JsonFilter",
    "GeoPointFilter",
    "Upload",
];
const OWN_ROOTS: &[&str] = &["batch", "search", "_empty"];

/// Every collection of a schema.
#[derive(Debug)]
pub(super) struct Outline {
    pub(super) faces: Vec<Face>,
}

/// How a collection looks.
#[derive(Debug)]
pub(super) struct Face {
    pub(super) collection: Arc<Collection>,
    /// `Posts`
    pub(super) object: String,
    /// `PostsPage`
    pub(super) page: String,
    /// `PostsWhere`
    pub(super) condition: String,
    /// `PostsManyWhere`
    pub(super) many_condition: String,
    /// `PostsData`
    pub(super) data: String,
    /// `PostsChange`
    pub(super) change: String,
    /// `PostsWrite`
    pub(super) write: String,
    pub(super) roots: Roots,
    pub(super) fields: Vec<FieldFace>,
    pub(super) relations: Vec<Relation>,
    /// How one signs in, where one can.
    pub(super) sign_in: Option<SignInNames>,
    /// The field with what a search tells.
    pub(super) search: String,
    /// What others than superusers may ask for at all.
    pub(super) open: Open,
}

/// The fields of the roots.
#[derive(Debug)]
pub(super) struct Roots {
    pub(super) list: String,
    pub(super) one: String,
    pub(super) aggregate: String,
    pub(super) create: String,
    pub(super) update: String,
    pub(super) upsert: String,
    pub(super) delete: String,
}

/// What signing in to a collection is called.
#[derive(Debug)]
pub(super) struct SignInNames {
    /// `UsersSignedIn`
    pub(super) object: String,
    /// The field of the root that takes a password, where that is allowed.
    pub(super) password: Option<String>,
    /// The field of the root that renews a token.
    pub(super) refresh: String,
}

/// Which actions are not locked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    pub(super) list: bool,
    pub(super) view: bool,
    pub(super) create: bool,
    pub(super) update: bool,
    pub(super) delete: bool,
}

/// A field with its own values; of a relation, its ids.
#[derive(Debug)]
pub(super) struct FieldFace {
    pub(super) name: String,
    /// What it is called among the values that are written.
    pub(super) input: String,
    pub(super) field: Field,
    pub(super) shape: Shape,
    /// The enum of a select, and the input that compares with it.
    pub(super) choice: Option<(String, String)>,
    pub(super) multiple: bool,
    /// Whether it is shown at all.
    pub(super) shown: bool,
}

/// What leads to records of another collection.
#[derive(Debug)]
pub(super) struct Relation {
    pub(super) name: String,
    /// In an `expand`, and so among what is expanded.
    pub(super) key: String,
    /// In the path of a filter.
    pub(super) path: String,
    /// Which face it leads to.
    pub(super) target: usize,
    pub(super) multiple: bool,
}

impl Outline {
    /// Of these collections, for superusers or for everybody else.
    pub(super) fn of(collections: &[Arc<Collection>], everything: bool) -> Self {
        let shown: Vec<&Arc<Collection>> = collections
            .iter()
            .filter(|collection| !matches!(collection.kind, CollectionKind::View { .. }))
            .filter(|collection| everything || Open::of(collection).any())
            .collect();
        let (mut types, mut roots) = (Taken::by(OWN_TYPES), Taken::by(OWN_ROOTS));
        let firsts: Vec<(String, String)> = shown
            .iter()
            .map(|one| {
                let root = field_name(&one.name);
                (types.take(&type_name(&one.name)), roots.take(&root))
            })
            .collect();
        let faces = shown.iter().zip(firsts);
        let mut faces: Vec<Face> = faces
            .map(|(collection, firsts)| {
                Face::new(collection, firsts, (&mut types, &mut roots), everything)
            })
            .collect();
        let relations: Vec<_> = faces
            .iter()
            .map(|face| relations(&faces, face, everything))
            .collect();
        for (face, relations) in faces.iter_mut().zip(relations) {
            face.relations = relations;
            face.name_fields();
        }
        Self { faces }
    }

    /// Whether there is something to search.
    pub(super) fn searches(&self) -> bool {
        let mut faces = self.faces.iter();
        faces.any(|face| face.open.list && face.collection.search.is_some())
    }

    /// One of them.
    pub(super) fn face(&self, index: usize) -> Option<&Face> {
        self.faces.get(index)
    }
}

impl Open {
    fn of(collection: &Collection) -> Self {
        let rules = &collection.rules;
        let open = |rule: &Rule| rule.is_some();
        Self {
            list: open(&rules.list),
            view: open(&rules.view),
            create: open(&rules.create),
            update: open(&rules.update),
            delete: open(&rules.delete),
        }
    }

    fn any(self) -> bool {
        self.list || self.view || self.create || self.update || self.delete
    }

    fn everything() -> Self {
        Self {
            list: true,
            view: true,
            create: true,
            update: true,
            delete: true,
        }
    }
}

impl Face {
    fn new(
        collection: &Arc<Collection>,
        (object, root): (String, String),
        (types, roots): (&mut Taken, &mut Taken),
        everything: bool,
    ) -> Self {
        let open = match everything {
            true => Open::everything(),
            false => Open::of(collection),
        };
        let mut type_of = |end: &str| types.take(&format!("{object}{end}"));
        let (page, condition) = (type_of("Page"), type_of("Where"));
        let (many_condition, data) = (type_of("ManyWhere"), type_of("Data"));
        let (change, write) = (type_of("Change"), type_of("Write"));
        let fields = collection.fields.iter();
        let fields = fields.filter_map(|field| FieldFace::new(collection, field, everything));
        let mut fields: Vec<FieldFace> = fields.collect();
        for face in &mut fields {
            let select = face.field.kind.as_select();
            if select.is_some_and(|select| are_names(&select.values)) {
                let name = format!("{object}{}", type_name(&face.field.name));
                face.choice = Some((types.take(&name), types.take(&format!("{name}Filter"))));
            }
        }
        let sign_in = collection.auth().map(|options| SignInNames {
            object: types.take(&format!("{object}SignedIn")),
            password: options
                .password_auth
                .enabled
                .then(|| roots.take(&format!("sign_in_{root}"))),
            refresh: roots.take(&format!("refresh_{root}")),
        });
        let roots = Roots {
            one: roots.take(&format!("{root}_by_id")),
            aggregate: roots.take(&format!("{root}_aggregate")),
            create: roots.take(&format!("create_{root}")),
            update: roots.take(&format!("update_{root}")),
            upsert: roots.take(&format!("upsert_{root}")),
            delete: roots.take(&format!("delete_{root}")),
            list: root,
        };
        Self {
            collection: Arc::clone(collection),
            object,
            page,
            condition,
            many_condition,
            data,
            change,
            write,
            roots,
            fields,
            relations: Vec::new(),
            sign_in,
            search: String::new(),
            open,
        }
    }

    /// Chooses the names of fields: those of plain fields and relations first, then what stands
    /// beside them.
    fn name_fields(&mut self) {
        let own = ["and", "or", "not", "collectionId", "collectionName"];
        let mut taken = Taken::by(&own);
        let mut inputs = Taken::default();
        for face in &mut self.fields {
            let name = field_name(&face.field.name);
            face.input = inputs.take(&name);
            if face.shape != Shape::Relation {
                face.name = taken.take(&name);
            }
        }
        for relation in &mut self.relations {
            let wanted = relation.name.clone();
            relation.name = taken.take(&wanted);
        }
        for face in self
            .fields
            .iter_mut()
            .filter(|face| face.shape == Shape::Relation)
        {
            let end = if face.multiple { "ids" } else { "id" };
            let name = field_name(&face.field.name);
            face.name = taken.take(&format!("{name}_{end}"));
        }
        self.search = taken.take("_search");
    }

    /// What a field of its objects leads to.
    pub(super) fn relation(&self, name: &str) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.name == name)
    }
}

impl FieldFace {
    /// How a field looks; `None` where a caller cannot do anything with it.
    fn new(collection: &Collection, field: &Field, everything: bool) -> Option<Self> {
        let is_password = collection.auth().is_some() && field.system && field.name == "password";
        if field.hidden && !everything && !is_password {
            return None;
        }
        Some(Self {
            name: String::new(),
            input: String::new(),
            shape: Shape::of(field),
            choice: None,
            multiple: field.kind.is_multiple(),
            shown: !is_kept(collection, field) && (!field.hidden || everything),
            field: field.clone(),
        })
    }

    /// The values of its enum.
    pub(super) fn choices(&self) -> Option<&[String]> {
        self.choice.as_ref()?;
        let select = self.field.kind.as_select()?;
        Some(&select.values)
    }
}

/// What leads from a collection to those that can be viewed: its relations, then those to it.
fn relations(faces: &[Face], face: &Face, everything: bool) -> Vec<Relation> {
    let own = face.fields.iter().filter_map(|one| {
        let relation = one.field.kind.as_relation()?;
        let target = faces
            .iter()
            .position(|face| face.collection.id == relation.collection_id)?;
        let name = &one.field.name;
        Some(Relation {
            name: field_name(name),
            key: name.clone(),
            path: name.clone(),
            target,
            multiple: one.multiple,
        })
    });
    let back = faces.iter().enumerate().flat_map(|(target, other)| {
        let fields = other.fields.iter();
        fields.filter_map(move |one| {
            let relation = one.field.kind.as_relation()?;
            // An id that looks like a back relation itself could not be told from one.
            let named = relation.collection_id == face.collection.id
                && !other.collection.id.contains("_via_");
            let (field, unique) = (&one.field.name, one.field.number);
            named.then(|| Relation {
                name: format!("{}_via_{}", other.roots.list, field_name(field)),
                key: format!("{}_via_{field}", other.collection.id),
                path: format!("{}_via_{field}", other.collection.name),
                target,
                multiple: other.collection.unique_index(unique).is_none(),
            })
        })
    });
    let viewable = |relation: &Relation| {
        let target = faces.get(relation.target);
        everything || target.is_some_and(|target| target.open.view)
    };
    own.chain(back).filter(viewable).collect()
}
