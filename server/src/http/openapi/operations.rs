//! What the document says of every static route beside its declaration: its group, whom it is for,
//! and what its body holds.
//!
//! - Every operation has exactly one row, which a test demands; a wrong [`Access`] is found by the
//!   matrix of routes.
//! - A body is written as `name`, `name?` (may be left out) and `name:kind`; without a kind it is a
//!   text. See [`super::bodies`].

use Access::{Anyone, Record, Superuser};

/// Whom an operation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Everybody, as far as rules and options of the collection allow.
    Anyone,
    /// Whoever is signed in.
    Record,
    /// Superusers.
    Superuser,
}

impl Access {
    /// As the document names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Anyone => "anyone",
            Record => "record",
            Superuser => "superuser",
        }
    }
}

/// What is said of one operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// The operation's id.
    pub(super) id: &'static str,
    /// Whom it is for.
    pub(super) access: Access,
    /// What its body holds; empty where it has none.
    pub(super) body: &'static str,
}

/// A group of operations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    /// Its name; never that of a collection, which has no spaces.
    pub(super) name: &'static str,
    /// What its operations are about.
    pub(super) about: &'static str,
    /// Its operations.
    pub(super) rows: &'static [Row],
}

const fn row(id: &'static str, access: Access, body: &'static str) -> Row {
    Row { id, access, body }
}

/// The row of an operation, and its group.
pub(super) fn find(id: &str) -> Option<(&'static Group, &'static Row)> {
    GROUPS.iter().find_map(|group| {
        let row = group.rows.iter().find(|row| row.id == id)?;
        Some((group, row))
    })
}

/// Every group, in the order of the document.
pub(super) const GROUPS: &[Group] = &[
    Group {
        name: "Any collection's records",
        about: "Records of the collection that is named in the path. What a collection's own \
                records look like stands under its name.",
        rows: RECORDS,
    },
    Group {
        name: "Sign in",
        about: "Ways to sign in to the auth collection that is named in the path.",
        rows: SIGN_IN,
    },
    Group {
        name: "Signed-in accounts",
        about: "What belongs to an account: sessions, passkeys, an app, keys, its address.",
        rows: ACCOUNTS,
    },
    Group {
        name: "GraphQL",
        about: "All collections as one graph, by the same rules.",
        rows: GRAPHQL,
    },
    Group {
        name: "Files and uploads",
        about: "Stored files, and uploads piece by piece (tus 1.0.0).",
        rows: FILES,
    },
    Group {
        name: "Realtime and channels",
        about: "Changes as they happen, and what clients tell each other.",
        rows: REALTIME,
    },
    Group {
        name: "Collections and rules",
        about: "Definitions of collections, and their rules tried out.",
        rows: COLLECTIONS,
    },
    Group {
        name: "Server operation",
        about: "Settings, backups, logs, crons, metrics, and whether the server is well.",
        rows: OPERATION,
    },
    Group {
        name: "Webhooks and mails",
        about: "What the server tells others, and what became of it.",
        rows: OUTSIDE,
    },
];

const RECORDS: &[Row] = &[
    row("listRecords", Anyone, ""),
    row("viewRecord", Anyone, ""),
    row("createRecord", Anyone, "*"),
    row("updateRecord", Anyone, "*"),
    row("deleteRecord", Anyone, ""),
    row("updateRecords", Anyone, "*"),
    row("deleteRecords", Anyone, ""),
    row("aggregateRecords", Anyone, ""),
    row("searchCollections", Anyone, ""),
    row("batch", Anyone, "requests:requests"),
];

const SIGN_IN: &[Row] = &[
    row("listAuthMethods", Anyone, ""),
    row(
        "authWithPassword",
        Anyone,
        "identity password identityField? mfaId?",
    ),
    row("authRefresh", Record, ""),
    row("requestOTP", Anyone, "email"),
    row("authWithOTP", Anyone, "otpId password mfaId?"),
    row("requestMagicLink", Anyone, "email"),
    row("authWithMagicLink", Anyone, "token mfaId?"),
    row("authAnonymously", Anyone, "*"),
    row(
        "authWithOAuth2",
        Anyone,
        "provider code codeVerifier? redirectURL createData?:object",
    ),
    row(
        "authWithCode",
        Anyone,
        "code codeVerifier createData?:object",
    ),
    row("beginProviderRedirect", Anyone, ""),
    row("oauth2Callback", Anyone, ""),
    row(
        "oauth2CallbackForm",
        Anyone,
        "form: state? code? error? user?",
    ),
    row("oauth2Redirect", Anyone, ""),
    row(
        "oauth2RedirectForm",
        Anyone,
        "form: state? code? error? user?",
    ),
    row("beginProviderTrial", Superuser, ""),
    row(
        "finishProviderTrial",
        Superuser,
        "code codeVerifier? redirectURL",
    ),
    row("passkeyAuthOptions", Anyone, "identity?"),
    row(
        "authWithPasskey",
        Anyone,
        "ceremony credential:object mfaId?",
    ),
    row("authWithTotp", Anyone, "mfaId code"),
    row("authWithRecoveryCode", Anyone, "mfaId code"),
    row("impersonate", Superuser, "duration?:whole"),
];

const ACCOUNTS: &[Row] = &[
    row("authLogout", Record, ""),
    row("listSessions", Record, ""),
    row("listSignIns", Record, ""),
    row("endSessions", Record, ""),
    row("endSession", Record, ""),
    row("requestVerification", Anyone, "email"),
    row("confirmVerification", Anyone, "token"),
    row("requestPasswordReset", Anyone, "email"),
    row(
        "confirmPasswordReset",
        Anyone,
        "token password passwordConfirm",
    ),
    row("requestEmailChange", Record, "newEmail"),
    row("confirmEmailChange", Anyone, "token password"),
    row("passkeyRegisterOptions", Record, ""),
    row(
        "registerPasskey",
        Record,
        "ceremony credential:object name?",
    ),
    row("listPasskeys", Record, ""),
    row("renamePasskey", Record, "name"),
    row("removePasskey", Record, ""),
    row("viewTotp", Record, ""),
    row("removeTotp", Record, ""),
    row("beginTotp", Record, ""),
    row("confirmTotp", Record, "code"),
    row("renewRecoveryCodes", Record, ""),
    row("createApiKey", Record, "name scopes:scopes expires?"),
    row("listApiKeys", Record, ""),
    row("revokeApiKey", Record, ""),
    row("createServiceToken", Record, "audience?"),
    row("listServiceKeys", Anyone, ""),
    row("rotateServiceKey", Superuser, ""),
];

const GRAPHQL: &[Row] = &[
    row("queryGraphql", Anyone, ""),
    row(
        "runGraphql",
        Anyone,
        "query variables?:object operationName? extensions?:object",
    ),
    row("connectGraphqlSocket", Anyone, ""),
];

const FILES: &[Row] = &[
    row("readFile", Anyone, ""),
    row("createFileToken", Record, ""),
    row("describeUploads", Anyone, ""),
    row("describeUpload", Anyone, ""),
    row("beginUpload", Anyone, ""),
    row("readUpload", Anyone, ""),
    row("appendToUpload", Anyone, ""),
    row("endUpload", Anyone, ""),
    row("overrideUploadMethod", Anyone, ""),
];

const REALTIME: &[Row] = &[
    row("connectRealtime", Anyone, ""),
    row("subscribeRealtime", Anyone, "clientId subscriptions?:texts"),
    row("connectRealtimeSocket", Anyone, ""),
    row(
        "sendToChannel",
        Anyone,
        "event clientId? payload?:any self?:flag",
    ),
    row("announceInChannel", Anyone, "clientId state?:any"),
];

const COLLECTIONS: &[Row] = &[
    row("listCollections", Superuser, ""),
    row("createCollection", Superuser, "#CollectionBody"),
    row("viewCollection", Superuser, ""),
    row("updateCollection", Superuser, "#CollectionChanges"),
    row("deleteCollection", Superuser, ""),
    row("planCollection", Superuser, "#CollectionChanges"),
    row("truncateCollection", Superuser, ""),
    row(
        "importCollections",
        Superuser,
        "collections:objects deleteMissing?:flag",
    ),
    row("readScaffolds", Superuser, ""),
    row("readPocketBase", Superuser, "parts: file:file"),
    row("listProviders", Superuser, ""),
    row(
        "testRule",
        Superuser,
        "collection action rule?:text-or-null principal?:any record? body?:object \
         query?:object headers?:object visible?:flag",
    ),
    row("runRuleTests", Superuser, "collection?"),
    row("searchStatus", Superuser, ""),
    row("readTypes", Superuser, ""),
];

const OPERATION: &[Row] = &[
    row("readSetup", Anyone, ""),
    row("setUp", Anyone, "code email password passwordConfirm"),
    row("offerBackup", Anyone, "parts: code file:file"),
    row("restoreOffered", Anyone, "code"),
    row("readSettings", Superuser, ""),
    row("updateSettings", Superuser, "*"),
    row("readSettingsSources", Superuser, ""),
    row("testEmail", Superuser, "template email collection?"),
    row("testBucket", Superuser, "filesystem"),
    row(
        "generateAppleClientSecret",
        Superuser,
        "clientId teamId keyId privateKey duration:whole",
    ),
    row("readPreferences", Superuser, ""),
    row("replacePreferences", Superuser, "*"),
    row("listBackups", Superuser, ""),
    row("createBackup", Superuser, "name?"),
    row("uploadBackup", Superuser, "parts: file:file"),
    row("estimateBackup", Superuser, ""),
    row("backupStatus", Superuser, ""),
    row("readBackup", Superuser, ""),
    row("deleteBackup", Superuser, ""),
    row("restoreBackup", Superuser, ""),
    row("readStorage", Superuser, ""),
    row("surveyStorage", Superuser, ""),
    row("listLogs", Superuser, ""),
    row("viewLog", Superuser, ""),
    row("readLogStats", Superuser, ""),
    row("tailLogs", Superuser, ""),
    row("deleteLogs", Superuser, ""),
    row("listCrons", Superuser, ""),
    row("listJobs", Superuser, ""),
    row("runCron", Superuser, ""),
    row("readMetrics", Superuser, ""),
    row("readMetricHistory", Superuser, ""),
    row("checkHealth", Anyone, ""),
    row("checkAlive", Anyone, ""),
    row("checkReady", Anyone, ""),
    row("readOpenApi", Anyone, ""),
    row("readDocuments", Anyone, ""),
    row("readDocumentsFile", Anyone, ""),
];

const OUTSIDE: &[Row] = &[
    row("listWebhooks", Superuser, ""),
    row("createWebhook", Superuser, "*"),
    row("viewWebhook", Superuser, ""),
    row("updateWebhook", Superuser, "*"),
    row("deleteWebhook", Superuser, ""),
    row("rotateWebhookSecret", Superuser, "*"),
    row("testWebhook", Superuser, ""),
    row("listWebhookDeliveries", Superuser, ""),
    row("viewWebhookDelivery", Superuser, ""),
    row("replayWebhookDelivery", Superuser, ""),
    row("listMails", Superuser, ""),
    row("viewMail", Superuser, ""),
    row("retryMail", Superuser, ""),
    row("deleteMail", Superuser, ""),
    row("deleteMails", Superuser, ""),
];
