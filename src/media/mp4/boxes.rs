//! A tree of boxes: read from bytes, changed, and written again with updated sizes.

use std::fmt;

use super::Mp4Error;

/// Upper bound of the nesting of boxes: `moov`, `trak`, `mdia`, `minf`, `stbl`, `stsd` are six levels.
const MOST_DEPTH: usize = 8;
/// Bytes of a header: size and kind.
pub const HEADER_BYTES: usize = 8;
/// Bytes of a header whose size has 64 bits.
const LARGE_HEADER_BYTES: usize = 16;

/// The kind of a box: four letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kind(pub [u8; 4]);

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.escape_ascii().fmt(f)
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kind({self})")
    }
}

/// A box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mp4Box {
    /// Its kind.
    pub kind: Kind,
    /// The fields before its children; all its bytes if its children are not parsed.
    pub fields: Vec<u8>,
    /// The boxes within it, in order. Boxes within sample entries and metadata are not parsed but remain in the
    /// fields.
    pub children: Vec<Self>,
}

/// The header of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The kind of the box.
    pub kind: Kind,
    /// Bytes of the header itself: 8, or 16 if the size has 64 bits.
    pub header_bytes: usize,
    /// Bytes of the box with its header; `None` if it extends to the end of the file.
    pub bytes: Option<u64>,
}

impl Header {
    /// Reads the header at the start of `bytes`; `None` if there are too few bytes for a header.
    ///
    /// # Errors
    /// [`Mp4Error::Size`] if the size is smaller than the header.
    pub fn read(bytes: &[u8]) -> Result<Option<Self>, Mp4Error> {
        let Some((&[a, b, c, d, kind @ ..], after)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
            return Ok(None);
        };
        let kind = Kind(kind);
        let (header_bytes, bytes) = match u32::from_be_bytes([a, b, c, d]) {
            0 => return Ok(Some(Self { kind, header_bytes: HEADER_BYTES, bytes: None })),
            1 => match after.first_chunk() {
                Some(&large) => (LARGE_HEADER_BYTES, u64::from_be_bytes(large)),
                None => return Ok(None),
            },
            bytes => (HEADER_BYTES, u64::from(bytes)),
        };
        if bytes < header_bytes as u64 {
            return Err(Mp4Error::Size { kind, bytes });
        }
        Ok(Some(Self { kind, header_bytes, bytes: Some(bytes) }))
    }
}

impl Mp4Box {
    /// A box without children.
    #[must_use]
    pub const fn leaf(kind: Kind, fields: Vec<u8>) -> Self {
        Self { kind, fields, children: Vec::new() }
    }

    /// A box that consists of boxes.
    #[must_use]
    pub const fn parent(kind: Kind, children: Vec<Self>) -> Self {
        Self { kind, fields: Vec::new(), children }
    }

    /// Reads consecutive boxes, up to the end of `bytes`.
    ///
    /// # Errors
    /// [`Mp4Error`] if a size leads past the end, or boxes are nested more deeply than the format allows.
    pub fn read_all(bytes: &[u8]) -> Result<Vec<Self>, Mp4Error> {
        read_within(bytes, 0, Kind(*b"file"))
    }

    /// The first child of a kind.
    ///
    /// # Errors
    /// [`Mp4Error::Missing`] if there is none.
    pub fn child(&self, kind: Kind) -> Result<&Self, Mp4Error> {
        self.children.iter().find(|it| it.kind == kind).ok_or(Mp4Error::Missing(kind))
    }

    /// As [`child`](Self::child), mutable.
    ///
    /// # Errors
    /// Those of [`child`](Self::child).
    pub fn child_mut(&mut self, kind: Kind) -> Result<&mut Self, Mp4Error> {
        self.children.iter_mut().find(|it| it.kind == kind).ok_or(Mp4Error::Missing(kind))
    }

    /// The first box along a path of kinds, from this box's children on.
    ///
    /// # Errors
    /// [`Mp4Error::Missing`] with the first kind that is missing.
    pub fn descendant(&self, path: &[Kind]) -> Result<&Self, Mp4Error> {
        path.iter().try_fold(self, |it, &kind| it.child(kind))
    }

    /// As [`descendant`](Self::descendant), mutable.
    ///
    /// # Errors
    /// Those of [`descendant`](Self::descendant).
    pub fn descendant_mut(&mut self, path: &[Kind]) -> Result<&mut Self, Mp4Error> {
        path.iter().try_fold(self, |it, &kind| it.child_mut(kind))
    }

    /// All children of a kind, in order.
    pub fn all(&self, kind: Kind) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |it| it.kind == kind)
    }

    /// Bytes of the box with its header and its children.
    #[must_use]
    pub fn bytes(&self) -> usize {
        HEADER_BYTES + self.fields.len() + self.children.iter().map(Self::bytes).sum::<usize>()
    }

    /// Appends the box, with its children, to `out`.
    ///
    /// # Errors
    /// [`Mp4Error::TooLarge`] if a box would have 2^32 bytes or more.
    pub fn write(&self, out: &mut Vec<u8>) -> Result<(), Mp4Error> {
        let too_large = |_| Mp4Error::TooLarge { kind: self.kind, what: "2^32 bytes or more" };
        out.extend(u32::try_from(self.bytes()).map_err(too_large)?.to_be_bytes());
        out.extend(self.kind.0);
        out.extend(&self.fields);
        self.children.iter().try_for_each(|child| child.write(out))
    }
}

/// Bytes of the fields before the children of a box; `None` for boxes whose children are not parsed.
fn fields_before_children(kind: Kind) -> Option<usize> {
    match &kind.0 {
        b"moov" | b"trak" | b"mdia" | b"minf" | b"stbl" | b"mvex" | b"moof" | b"traf" | b"sinf" | b"schi" => {
            Some(0)
        }
        // Version, flags and number of entries.
        b"stsd" => Some(8),
        _ => None,
    }
}

fn read_within(mut bytes: &[u8], depth: usize, parent: Kind) -> Result<Vec<Mp4Box>, Mp4Error> {
    if depth >= MOST_DEPTH {
        return Err(Mp4Error::Unsupported { kind: parent, what: "a box nested this deeply" });
    }
    let mut boxes = Vec::new();
    while !bytes.is_empty() {
        let header = Header::read(bytes)?.ok_or(Mp4Error::CutOff(parent))?;
        let kind = header.kind;
        let length = match header.bytes {
            Some(length) => usize::try_from(length).map_err(|_| Mp4Error::CutOff(kind))?,
            None => bytes.len(),
        };
        let (own, rest) = bytes.split_at_checked(length).ok_or(Mp4Error::CutOff(kind))?;
        let body = &own[header.header_bytes..];
        boxes.push(match fields_before_children(kind) {
            None => Mp4Box::leaf(kind, body.to_vec()),
            Some(before) => {
                let (fields, inner) = body.split_at_checked(before).ok_or(Mp4Error::CutOff(kind))?;
                Mp4Box { kind, fields: fields.to_vec(), children: read_within(inner, depth + 1, kind)? }
            }
        });
        bytes = rest;
    }
    Ok(boxes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MOOV: Kind = Kind(*b"moov");
    const TRAK: Kind = Kind(*b"trak");
    const FREE: Kind = Kind(*b"free");

    fn written(boxes: &[Mp4Box]) -> Vec<u8> {
        let mut bytes = Vec::new();
        boxes.iter().try_for_each(|it| it.write(&mut bytes)).expect("small boxes");
        bytes
    }

    #[test]
    fn a_tree_is_read_as_it_was_written_and_every_size_counts_the_children() {
        let leaf = Mp4Box::leaf(FREE, vec![1, 2, 3]);
        let tree = vec![
            Mp4Box::parent(MOOV, vec![Mp4Box::parent(TRAK, vec![leaf.clone(), leaf.clone()]), leaf.clone()]),
            leaf,
        ];
        let bytes = written(&tree);
        assert_eq!(bytes.len(), 8 + 8 + 11 + 11 + 11 + 11);
        assert_eq!(bytes[..8], *b"\0\0\0\x31moov");
        assert_eq!(bytes[8..16], *b"\0\0\0\x1etrak");
        assert_eq!(tree[0].bytes(), 0x31);
        assert_eq!(Mp4Box::read_all(&bytes), Ok(tree));
    }

    #[test]
    fn sizes_of_64_bits_and_to_the_end_are_read() {
        let large = b"\0\0\0\x01free\0\0\0\0\0\0\0\x12xy\0\0\0\0moov\0\0\0\x08trak";
        let boxes = Mp4Box::read_all(large).expect("two boxes");
        assert_eq!(boxes[0], Mp4Box::leaf(FREE, b"xy".to_vec()));
        assert_eq!(boxes[1].children, [Mp4Box::parent(TRAK, Vec::new())]);
    }

    #[test]
    fn a_box_that_lacks_bytes_is_named() {
        assert_eq!(Mp4Box::read_all(b"\0\0\0\x0cfree\0\0\0"), Err(Mp4Error::CutOff(FREE)));
        assert_eq!(Mp4Box::read_all(b"\0\0\0\x07free\0"), Err(Mp4Error::Size { kind: FREE, bytes: 7 }));
        assert_eq!(Mp4Box::read_all(b"\0\0\0\x0cmoov\0\0\0\x08"), Err(Mp4Error::CutOff(MOOV)));
        assert!(Mp4Box::read_all(b"\0\0\0\x0cstsd\0\0\0\0").is_err());
        let deep: Vec<u8> =
            (1..=20).rev().flat_map(|n: u8| [0, 0, 0, 8 * n, b'm', b'o', b'o', b'v']).collect();
        assert!(Mp4Box::read_all(&deep).is_err());
    }

    #[test]
    fn a_missing_box_is_named() {
        let moov = Mp4Box::parent(MOOV, vec![Mp4Box::parent(TRAK, Vec::new())]);
        assert!(moov.descendant(&[TRAK]).is_ok());
        assert_eq!(moov.descendant(&[TRAK, FREE]), Err(Mp4Error::Missing(FREE)));
    }

    proptest! {
        /// Any bytes give an error or a tree; the tree stays the same if it is written and read again.
        #[test]
        fn any_bytes_give_boxes_or_an_error(
            parts in prop::collection::vec(
                (prop_oneof![4 => 0..40u8, 1 => any::<u8>()], 0..6usize, prop::collection::vec(any::<u8>(), 0..12)),
                0..12,
            ),
        ) {
            let kinds: [&[u8]; 6] = [b"moov", b"trak", b"stsd", b"free", b"moof", b"traf"];
            let bytes: Vec<u8> = parts
                .iter()
                .flat_map(|(size, kind, rest)| [&[0, 0, 0, *size], kinds[*kind], rest].concat())
                .collect();
            if let Ok(boxes) = Mp4Box::read_all(&bytes) {
                let again = written(&boxes);
                prop_assert_eq!(again.len(), boxes.iter().map(Mp4Box::bytes).sum::<usize>());
                prop_assert_eq!(Mp4Box::read_all(&again), Ok(boxes));
            }
        }
    }
}
