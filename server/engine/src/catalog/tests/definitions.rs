//! What a new database has, and creating and changing definitions.

use super::*;

#[tokio::test]
async fn a_new_database_has_the_collections_of_the_contract() {
    let world = World::new();
    let expected = [
        ("_mfas", "pbc_2279338944"),
        ("_otps", "pbc_1638494021"),
        ("_externalAuths", "pbc_2281828961"),
        ("_authOrigins", "pbc_4275539003"),
        ("_superusers", "pbc_3142635823"),
        ("users", "_pb_users_auth_"),
    ];
    let snapshot = world.catalog.snapshot();
    let found: Vec<_> = snapshot
        .all()
        .iter()
        .map(|one| (one.name.as_str(), one.id.as_str()))
        .collect();
    assert_eq!(found, expected);
}
