//! How a request is laid down: the very bytes that its hash is taken over, with the document that many calls share
//! stored once.

use std::io;

use sha2::{Digest, Sha256};

use crate::{ChatRequest, RequestHash};

/// Fast, and within a few percent of the best that such short texts allow.
const LEVEL: i32 = 1;
/// How the line that closes a document reads inside a JSON string. What comes before it is worth sharing.
const DOCUMENT_END: &[u8] = b"</document id=\\\"";
/// A request is a prompt, and no prompt is larger.
const MAX_BYTES: usize = 1 << 30;

/// A request as it is stored.
pub(super) struct Packed {
    /// What all calls of a document begin with.
    pub(super) head: Option<Head>,
    /// The rest, zstd.
    pub(super) tail: Vec<u8>,
}

/// What all calls of a document begin with.
pub(super) struct Head {
    /// Its name in the table `text`.
    pub(super) hash: [u8; 16],
    /// The bytes, not compressed: most of the time they are there already.
    pub(super) text: Vec<u8>,
}

/// Packs requests, reusing one compressor.
pub(super) struct Packer {
    compressor: zstd::bulk::Compressor<'static>,
}

impl Packer {
    /// Makes a packer.
    pub(super) fn new() -> io::Result<Packer> {
        Ok(Packer { compressor: zstd::bulk::Compressor::new(LEVEL)? })
    }

    /// Packs a request.
    pub(super) fn pack(&mut self, request: &ChatRequest) -> io::Result<Packed> {
        self.pack_bytes(&serde_json::to_vec(request)?)
    }

    /// Packs the canonical JSON of a request.
    pub(super) fn pack_bytes(&mut self, canonical: &[u8]) -> io::Result<Packed> {
        let Some((head, tail)) = cut(canonical).and_then(|at| canonical.split_at_checked(at)) else {
            return Ok(Packed { head: None, tail: self.compress(canonical)? });
        };
        let digest = Sha256::digest(head);
        let mut hash = [0; 16];
        hash.iter_mut().zip(digest.iter()).for_each(|(to, from)| *to = *from);
        Ok(Packed { head: Some(Head { hash, text: head.to_vec() }), tail: self.compress(tail)? })
    }

    /// Compresses bytes.
    pub(super) fn compress(&mut self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        self.compressor.compress(bytes)
    }
}

/// Puts a request together again.
pub(super) fn unpack(head: Option<&[u8]>, tail: &[u8]) -> io::Result<String> {
    let mut bytes = head.map(decompress).transpose()?.unwrap_or_default();
    bytes.append(&mut decompress(tail)?);
    String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// Decompresses bytes.
pub(super) fn decompress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let size = zstd::zstd_safe::get_frame_content_size(bytes).ok().flatten().unwrap_or(0);
    let capacity = usize::try_from(size).unwrap_or(MAX_BYTES).min(MAX_BYTES);
    zstd::bulk::decompress(bytes, capacity)
}

/// Whether a request has this hash.
pub(super) fn has_hash(canonical: &[u8], hash: &str) -> bool {
    RequestHash(Sha256::digest(canonical).into()).to_string() == hash
}

/// Where the document's closing line begins, if there is a document.
fn cut(canonical: &[u8]) -> Option<usize> {
    canonical.windows(DOCUMENT_END.len()).rposition(|window| window == DOCUMENT_END)
}

#[cfg(test)]
mod tests {
    use super::{Packer, has_hash, unpack};

    #[test]
    fn requests_about_one_document_share_their_head_and_are_put_together_byte_for_byte() {
        let mut packer = Packer::new().unwrap();
        let document = r#"{"content":"<document id=\"ab\">\nä text\n</document id=\"ab\">\n\n"#;
        let asks = [format!(r#"{document}First."}}"#), format!(r#"{document}Second."}}"#)];
        let packed: Vec<_> = asks.iter().map(|ask| packer.pack_bytes(ask.as_bytes()).unwrap()).collect();
        let heads: Vec<_> = packed.iter().map(|packed| packed.head.as_ref().unwrap()).collect();
        assert_eq!(heads[0].hash, heads[1].hash);
        for (packed, ask) in packed.iter().zip(&asks) {
            let head = packer.compress(&packed.head.as_ref().unwrap().text).unwrap();
            assert_eq!(&unpack(Some(&head), &packed.tail).unwrap(), ask);
        }
    }

    #[test]
    fn a_request_without_a_document_is_one_piece() {
        let packed = Packer::new().unwrap().pack_bytes(b"{}").unwrap();
        assert!(packed.head.is_none());
        assert_eq!(unpack(None, &packed.tail).unwrap(), "{}");
        let hash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        assert!(has_hash(b"{}", hash) && !has_hash(b"{ }", hash));
    }
}
