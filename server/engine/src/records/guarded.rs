//! Making a record on a condition beyond the record itself, such as being the first.

use super::{Body, Records, Submitted};
use crate::access::View;
use crate::context::Context;
use crate::error::Result;
use crate::store::Guard;

impl Records {
    /// Makes a record if a further condition holds at its commit; `None` when it does not.
    ///
    /// # Errors
    /// As for [`Self::create`].
    pub async fn create_guarded(
        &self,
        context: &Context,
        collection: &str,
        body: Body,
        condition: Guard,
    ) -> Result<Option<View>> {
        let submitted = Submitted::from(body);
        self.write(|| async {
            let mut planned = self.plan_create(context, collection, &submitted).await?;
            let guards = &mut planned.proposal.guards;
            let position = guards.len();
            guards.push(condition.clone());
            match self.commit(context, planned).await? {
                Ok(view) => Ok(Some(Some(view))),
                Err(guard) if guard == position => Ok(Some(None)),
                Err(_) => Ok(None),
            }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use luge_model::timestamp::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::engine::{Engine, Options};
    use crate::error::Error;
    use crate::identity::{self, SUPERUSERS};
    use crate::store::{CommitError, StoreKind};

    fn engine() -> Engine {
        let options = Options {
            store: StoreKind::Memory,
            ..Options::new("unused".into())
        };
        Engine::open(options).unwrap()
    }

    fn body(email: &str) -> Body {
        let password = "correct horse";
        let body = json!({"email": email, "password": password, "passwordConfirm": password});
        body.as_object().unwrap().clone()
    }

    #[tokio::test]
    async fn the_condition_decides_and_its_failure_writes_nothing() {
        let engine = engine();
        let system = Context::system(Timestamp(1));
        let compiled = engine.records.compiled(SUPERUSERS).unwrap();
        let first = identity::no_superuser(&compiled.collection);
        let create = |email: &str| {
            engine
                .records
                .create_guarded(&system, SUPERUSERS, body(email), first.clone())
        };
        assert!(create("a@example.com").await.unwrap().is_some());
        let before = engine.committer.store().durable().borrow().0;
        assert!(create("b@example.com").await.unwrap().is_none());
        assert_eq!(engine.committer.store().durable().borrow().0, before);
        // What is wrong with the record itself is said as for any other create.
        assert!(matches!(
            create("a@example.com").await,
            Err(Error::Refused { .. })
        ));
        assert!(matches!(create("nobody").await, Err(Error::Refused { .. })));
    }

    #[tokio::test]
    async fn two_superusers_cannot_delete_each_other() {
        let engine = engine();
        let system = Context::system(Timestamp(1));
        let compiled = engine.records.compiled(SUPERUSERS).unwrap();
        let mut plans = Vec::new();
        let mut superusers = Vec::new();
        for email in ["a@example.com", "b@example.com"] {
            let view = engine
                .records
                .create(&system, SUPERUSERS, body(email))
                .await
                .unwrap();
            superusers.push(view.record().clone());
        }
        for record in &superusers {
            let plan = engine
                .records
                .plan_delete(&system, &compiled, vec![record.clone()]);
            plans.push(plan.unwrap().proposal);
        }
        let mut outcomes = Vec::new();
        for plan in plans {
            outcomes.push(engine.committer.commit(plan).await);
        }
        assert!(outcomes[0].is_ok());
        assert!(
            matches!(outcomes[1], Err(CommitError::Guard(_))),
            "{:?}",
            outcomes[1]
        );
    }
}
