//! Shards in object stores.

use std::sync::Arc;

use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use url::{Position, Url};

use super::format::Format;
use super::list::{is_glob, is_hidden, matcher, names_hidden, split_glob};
use super::shard::Shard;
use crate::Error;

/// Lists the shards that the URL of an object, a prefix or a glob names.
pub(super) async fn list(pattern: &str) -> Result<Vec<Shard>, Error> {
    let (literal, glob) = if is_glob(pattern) { split_glob(pattern) } else { (pattern, "") };
    let url = Url::parse(literal).map_err(|source| Error::input(pattern, source.to_string()))?;
    let (store, location) =
        object_store::parse_url(&url).map_err(|source| unreachable_store(pattern, &url, &source))?;
    list_in(Arc::from(store), &root(&url, &location), location, (pattern, glob)).await
}

/// Lists what `pattern` names in a store whose objects have names that begin with `root`.
pub(super) async fn list_in(
    store: Arc<dyn ObjectStore>,
    root: &str,
    location: Path,
    (pattern, glob): (&str, &str),
) -> Result<Vec<Shard>, Error> {
    let failed = |source: object_store::Error| Error::input(pattern, source.to_string());
    if glob.is_empty() && location.parts().count() > 0 {
        match store.head(&location).await {
            Ok(meta) => return Ok(vec![Shard::of_object(store, meta, pattern.to_owned())?]),
            Err(object_store::Error::NotFound { .. }) => {}
            Err(source) => return Err(failed(source)),
        }
    }
    let matcher = matcher(pattern, glob)?;
    let objects: Vec<ObjectMeta> = store.list(Some(&location)).try_collect().await.map_err(failed)?;
    let mut shards = Vec::new();
    for meta in objects {
        let name = format!("{root}{}", meta.location);
        let below = Path::from_iter(meta.location.prefix_match(&location).into_iter().flatten());
        let hidden = below.parts().any(|part| is_hidden(part.as_ref()));
        let wanted = match glob {
            "" => !hidden && Format::of(&name).is_some(),
            glob => matcher.is_match(below.as_ref()) && (!hidden || names_hidden(glob)),
        };
        if wanted {
            shards.push(Shard::of_object(Arc::clone(&store), meta, name)?);
        }
    }
    Ok(shards)
}

/// What all names in a store begin with: the URL up to where locations begin, which may be below a container.
fn root(url: &Url, location: &Path) -> String {
    let server = &url[..Position::BeforePath];
    let path = Path::from_url_path(url.path()).unwrap_or_default();
    let container = path.as_ref().strip_suffix(location.as_ref()).unwrap_or_default();
    format!("{server}/{container}")
}

fn unreachable_store(pattern: &str, url: &Url, source: &object_store::Error) -> Error {
    let scheme = url.scheme();
    match source {
        object_store::Error::Generic { source, .. } if source.to_string().contains("not enabled") => {
            let message = format!(
                "this build of quarry cannot read `{scheme}://`; copy the files to a disk, or build it with that store"
            );
            Error::input(pattern, message)
        }
        source => Error::input(pattern, source.to_string()),
    }
}
