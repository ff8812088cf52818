//! The comment of a GIF: an extension block after its head, inserted while the muxer's bytes pass through.

use std::borrow::Cow;

/// Upper bound of the bytes of a data block within an extension.
const MOST_BLOCK: usize = 255;

/// Inserts a comment after the head of the file.
pub(super) struct Comment {
    text: String,
    /// The bytes of the head so far; `None` once the head is complete.
    head: Option<Vec<u8>>,
}

impl Comment {
    pub(super) const fn new(text: String) -> Self {
        Self { text, head: Some(Vec::new()) }
    }

    /// The bytes to write for `bytes`, the next ones of the file.
    pub(super) fn pass<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let Some(head) = &mut self.head else { return Cow::Borrowed(bytes) };
        head.extend_from_slice(bytes);
        let Some(end) = head_bytes(head).filter(|&end| end <= head.len()) else {
            return Cow::Owned(Vec::new());
        };
        let all = [&head[..end], &extension(self.text.as_bytes()), &head[end..]].concat();
        self.head = None;
        Cow::Owned(all)
    }
}

/// The length of the head, which ends with the palette of the file (`GIF89a`, sections 17 to 19). `None` if too few
/// bytes of it are known.
fn head_bytes(head: &[u8]) -> Option<usize> {
    let flags = head.get(10)?;
    Some(13 + if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) })
}

/// The comment extension (`GIF89a`, section 24).
fn extension(text: &[u8]) -> Vec<u8> {
    let mut block = vec![0x21, 0xfe];
    for part in text.chunks(MOST_BLOCK) {
        block.extend(u8::try_from(part.len()));
        block.extend(part);
    }
    block.push(0);
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_comment_follows_the_head_in_writes_of_any_size() {
        for (flags, palette) in [(0, 0), (0x80, 6), (0xf7, 768)] {
            let mut file = b"GIF89a\x01\0\x01\0".to_vec();
            file.extend([flags, 0, 0]);
            file.extend(vec![7; palette]);
            let head = file.len();
            file.extend(b"the rest;");
            let text = "é".repeat(200);
            let mut expected = file[..head].to_vec();
            expected.extend(b"\x21\xfe\xff");
            expected.extend(&text.as_bytes()[..255]);
            expected.push(145);
            expected.extend(&text.as_bytes()[255..]);
            expected.extend(b"\0the rest;");
            for size in [1, 5, 13, 800, 2000] {
                let mut comment = Comment::new(text.clone());
                let passed: Vec<u8> =
                    file.chunks(size).flat_map(|bytes| comment.pass(bytes).into_owned()).collect();
                assert!(passed == expected, "{size} at a time, with {palette} bytes of colours");
            }
        }
    }
}
