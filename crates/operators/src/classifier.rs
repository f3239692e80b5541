//! A head with its encoder, as every operator that classifies documents opens it.

use std::sync::Arc;

use quarry_engine::operator::{BuildContext, BuildError};
use quarry_onnx::{Encoder, Head};
use quarry_schema::content_id;

use crate::{ResourceError, Resources};

/// More of a text than any encoder reads, and little enough to be tokenised in no time.
const MAX_BYTES: usize = 16_384;

/// Opens the head that the param `model` names and the encoder that it was trained on; both go into the recipe hash.
pub(crate) fn open(ctx: &mut BuildContext<'_, Resources>) -> Result<(Arc<Encoder>, Arc<Head>), BuildError> {
    let name = ctx.params.text("model")?;
    let problem = |error: ResourceError| BuildError::param("model", error.to_string());
    let head = ctx.resources.head(name).map_err(problem)?;
    let encoder = ctx.resources.encoder(head.encoder()).map_err(problem)?;
    head.check(&encoder).map_err(|error| BuildError::param("model", error.to_string()))?;
    let labels = head.labels().iter().map(String::as_str);
    let digest: Vec<&str> = std::iter::once(head.digest()).chain(labels).collect();
    ctx.depends_on(format!("models/{name}"), content_id(&digest));
    ctx.depends_on(format!("models/{}", encoder.name()), encoder.digest());
    ctx.runs_on(encoder.name(), encoder.identity());
    Ok((encoder, head))
}

/// As much of a text as is worth handing to an encoder that reads its beginning only.
pub(crate) fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_BYTES)).unwrap_or(text)
}
