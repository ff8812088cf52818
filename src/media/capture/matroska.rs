//! A Matroska file (RFC 9559) of blocks of bytes with their times, for payloads whose codec does not matter.
//!
//! The muxers of FFmpeg refuse several packets with one time, which the packets of a picture have; blocks of Matroska may
//! have any times. The track says that it is uncompressed video, so that no decoder or parser looks at its bytes.

use std::ops::Range;

use crate::picture::Shape;

/// The size that the track states if that of the pictures is not known: that of the carpet on which messages are shown.
pub(super) const SHAPE: Shape = Shape::new(640, 360);

/// Bytes of one cluster at most, unless a single block is larger: a seek passes over no more.
const MOST_CLUSTER_BYTES: usize = 1 << 20;

/// A payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// Its time in nanoseconds; not negative.
    pub(super) nanos: i64,
    /// Its bytes.
    pub(super) range: Range<usize>,
}

/// The file.
pub(super) fn file(blocks: &[Block], bytes: &[u8], shape: Shape) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 24 * blocks.len() + 1024);
    let text = |id: &[u8], text: &str| element(id, text.as_bytes());
    let number = |id: &[u8], number: u64| element(id, &number.to_be_bytes());
    let head = [
        number(&[0x42, 0x86], 1),
        number(&[0x42, 0xf7], 1),
        number(&[0x42, 0xf2], 4),
        number(&[0x42, 0xf3], 8),
        text(&[0x42, 0x82], "matroska"),
        number(&[0x42, 0x87], 4),
        number(&[0x42, 0x85], 2),
    ];
    out.extend(element(&[0x1a, 0x45, 0xdf, 0xa3], &head.concat()));
    // The segment's size is unknown: it reaches to the end of the file.
    out.extend([0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    // Times are in nanoseconds.
    let info = [number(&[0x2a, 0xd7, 0xb1], 1), text(&[0x4d, 0x80], "-"), text(&[0x57, 0x41], "-")];
    out.extend(element(&[0x15, 0x49, 0xa9, 0x66], &info.concat()));
    let video = [
        number(&[0xb0], shape.width.into()),
        number(&[0xba], shape.height.into()),
        // Grey pixels of 8 bits.
        text(&[0x2e, 0xb5, 0x24], "Y800"),
    ];
    let track = [
        number(&[0xd7], 1),
        number(&[0x73, 0xc5], 1),
        number(&[0x83], 1),
        number(&[0x9c], 0),
        text(&[0x86], "V_UNCOMPRESSED"),
        element(&[0xe0], &video.concat()),
    ];
    out.extend(element(&[0x16, 0x54, 0xae, 0x6b], &element(&[0xae], &track.concat())));
    let mut rest = blocks;
    while let Some(first) = rest.first() {
        // Times within a cluster are 16 bits, so that blocks of one time share it.
        let mut cluster = element(&[0xe7], &first.nanos.to_be_bytes());
        let mut count = 0;
        for block in rest.iter().take_while(|block| block.nanos == first.nanos) {
            if count > 0 && cluster.len() + block.range.len() > MOST_CLUSTER_BYTES {
                break;
            }
            let payload = &bytes[block.range.clone()];
            cluster.push(0xa3);
            cluster.extend(size(payload.len() + 4));
            cluster.extend([0x81, 0, 0, 0x80]);
            cluster.extend_from_slice(payload);
            count += 1;
        }
        out.extend([0x1f, 0x43, 0xb6, 0x75]);
        out.extend(size(cluster.len()));
        out.extend(cluster);
        rest = &rest[count..];
    }
    out
}

/// An element with its content.
fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
    [id, &size(content.len()), content].concat()
}

/// A size of 8 bytes, the first of which says so.
fn size(bytes: usize) -> [u8; 8] {
    (1 << 56 | bytes as u64).to_be_bytes()
}
