//! Every code by which a failed request says what is wrong with a field (contract §2.7).

/// The codes, in alphabetical order; a test finds those that are missing or too many.
pub(super) const CODES: &[&str] = &[
    "batch_request_failed",
    "validation_backup_name_exists",
    "validation_collection_name_exists",
    "validation_collection_name_id_duplicate",
    "validation_collection_name_invalid",
    "validation_collection_system_flag_change",
    "validation_collection_system_name_change",
    "validation_collection_system_rule_change",
    "validation_collection_type_change",
    "validation_collections_import_failure",
    "validation_conflicting_rate_limit_rule",
    "validation_content_size_limit",
    "validation_duplicated_field_name",
    "validation_duplicated_index_definition",
    "validation_duplicated_index_name",
    "validation_duplicated_provider",
    "validation_email_domain_not_allowed",
    "validation_empty",
    "validation_existing_index_name",
    "validation_field_relation_change",
    "validation_field_relation_missing_collection",
    "validation_field_type_change",
    "validation_file_size_limit",
    "validation_fixed_setting",
    "validation_forbidden_pk_character",
    "validation_found_via",
    "validation_in_invalid",
    "validation_indexes_not_supported",
    "validation_invalid_audience",
    "validation_invalid_auth_collection",
    "validation_invalid_auth_id",
    "validation_invalid_autogenerate_pattern",
    "validation_invalid_autogenerate_pattern_value",
    "validation_invalid_channel_name",
    "validation_invalid_code",
    "validation_invalid_collection_id",
    "validation_invalid_collection_type",
    "validation_invalid_credential",
    "validation_invalid_cron",
    "validation_invalid_database",
    "validation_invalid_field_value",
    "validation_invalid_file",
    "validation_invalid_format",
    "validation_invalid_index_expression",
    "validation_invalid_json",
    "validation_invalid_latitude",
    "validation_invalid_longitude",
    "validation_invalid_mime_type",
    "validation_invalid_new_email",
    "validation_invalid_old_password",
    "validation_invalid_or_existing_id",
    "validation_invalid_password",
    "validation_invalid_provider",
    "validation_invalid_record",
    "validation_invalid_regex",
    "validation_invalid_rule",
    "validation_invalid_scope",
    "validation_invalid_token",
    "validation_invalid_token_claims",
    "validation_invalid_token_email",
    "validation_invalid_token_payload",
    "validation_invalid_unique_system_field_index",
    "validation_invalid_upload",
    "validation_invalid_url",
    "validation_invalid_value",
    "validation_invlaid_ip_or_subnet",
    "validation_is_domain",
    "validation_is_email",
    "validation_is_hex_color",
    "validation_is_host",
    "validation_is_url",
    "validation_json_size_limit",
    "validation_length_invalid",
    "validation_length_out_of_range",
    "validation_length_too_long",
    "validation_match_invalid",
    "validation_max_less_equal_than_required",
    "validation_max_number_constraint",
    "validation_max_text_constraint",
    "validation_mfa_not_enough_auths",
    "validation_min_greater_equal_than_required",
    "validation_min_number_constraint",
    "validation_min_text_constraint",
    "validation_missing_field",
    "validation_missing_primary_key",
    "validation_missing_provider",
    "validation_missing_rel_collection",
    "validation_missing_rel_records",
    "validation_missing_unique_constraint",
    "validation_nil",
    "validation_nil_or_not_empty_required",
    "validation_not_a_number",
    "validation_not_enough_values",
    "validation_not_in_invalid",
    "validation_not_unique",
    "validation_only_int_constraint",
    "validation_pk_change",
    "validation_pk_invalid",
    "validation_reference_not_rewritable",
    "validation_relation_field_non_view_base_collection",
    "validation_required",
    "validation_reserved_field_name",
    "validation_reserved_pk",
    "validation_system_field_change",
    "validation_token_collection_mismatch",
    "validation_token_email_mismatch",
    "validation_too_many_files",
    "validation_too_many_values",
    "validation_unsupported_composite_pk",
    "validation_url_domain_not_allowed",
    "validation_values_mismatch",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// Every text in quotes that has the form of a code.
    fn gather(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "tests" {
                gather(&path, found);
            } else if name.ends_with(".rs") && name != "tests.rs" && name != "codes.rs" {
                let source = std::fs::read_to_string(&path).unwrap();
                let quoted = source.split('"').filter(|text| is_code(text));
                found.extend(quoted.map(str::to_owned));
            }
        }
    }

    fn is_code(text: &str) -> bool {
        let of_a_kind = text.starts_with("validation_") || text.starts_with("batch_request_");
        of_a_kind
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    }

    #[test]
    fn the_codes_are_those_of_the_sources() {
        let server = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = BTreeSet::new();
        for sources in ["src", "model/src", "engine/src"] {
            gather(&server.join(sources), &mut found);
        }
        let listed: BTreeSet<String> = CODES.iter().map(|code| (*code).to_owned()).collect();
        assert!(found.len() > 50, "{found:?}");
        assert_eq!(listed, found);
    }
}
