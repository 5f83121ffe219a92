//! An auth record that is made together with its link to an account elsewhere.

use luge_model::expand::Expand;
use luge_model::record::Record;

use super::{Batch, BatchAction, BatchRequest, Keeping};
use crate::access::View;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::records::{Body, Records};
use crate::store::{Guard, Key};

/// The collection of links.
const LINKS: &str = "_externalAuths";

/// What goes into the commit beside records.
#[derive(Debug)]
pub struct Beside {
    /// Asked before anything else.
    pub guard: Guard,
    /// Values to set.
    pub puts: Vec<(Key, Vec<u8>)>,
}

/// Says what goes beside a record that would be made.
pub(super) type MakeBeside<'a> = dyn Fn(&Record) -> Result<Beside> + Sync + 'a;

/// The link of a record that would be made.
pub(super) type MakeLink<'a> = dyn Fn(&Record) -> Body + Sync + 'a;

impl Records {
    /// Makes an auth record as somebody submitted it, and as the server's own doing its link;
    /// `None` where there is such a link already.
    ///
    /// # Errors
    /// As for [`Self::create`], and what `beside` fails with.
    pub async fn sign_up(
        &self,
        request: &BatchRequest,
        link: &MakeLink<'_>,
        beside: &MakeBeside<'_>,
    ) -> Result<Option<View>> {
        self.write(|| async {
            let mut batch = Batch::new(self, request.context.account.clone());
            match batch.plan_sign_up(request, link, beside).await {
                Ok(Some(view)) => match batch.commit().await {
                    Ok(done) => Ok(done.then_some(Some(view))),
                    Err(Error::BatchFailed { index: 0, error }) => Err(*error),
                    Err(Error::BatchFailed { .. }) => Ok(Some(None)),
                    Err(error) => Err(error),
                },
                Ok(None) => {
                    batch.give_up().await;
                    Ok(None)
                }
                Err(error) => {
                    batch.give_up().await;
                    Err(error)
                }
            }
        })
        .await
    }
}

impl Batch<'_> {
    async fn plan_sign_up(
        &mut self,
        request: &BatchRequest,
        link: &MakeLink<'_>,
        beside: &MakeBeside<'_>,
    ) -> Result<Option<View>> {
        self.now = request.context.now;
        let Some(Some(view)) = self.add(request).await? else {
            return Ok(None);
        };
        let record = view.record();
        let linking = BatchRequest {
            context: Context::system(self.now),
            collection: LINKS.to_owned(),
            action: BatchAction::Create,
            submitted: link(record).into(),
            expand: Expand::default(),
        };
        if self.add(&linking).await?.is_none() {
            return Ok(None);
        }
        let Beside { guard, puts } = beside(record)?;
        self.keeping = Some(Keeping { guard, puts });
        Ok(Some(view))
    }
}
