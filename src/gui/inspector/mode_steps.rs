//! How one block of ciphertext came about: the mode's own diagram, with the real bytes in it.
//!
//! ```text
//! ECB   plaintext ─▶ AES ─▶ ciphertext            CTR   counter ─▶ AES ─▶ keystream ⊕ plaintext ─▶ ciphertext
//! CBC   plaintext ⊕ block before ─▶ AES ─▶ …      CFB   block before ─▶ AES ─▶ keystream ⊕ plaintext ─▶ …
//! ```
//!
//! Everything follows from what is at hand: a keystream is plaintext ⊕ ciphertext, a counter block the first
//! one and the number of the block. Sources: SP 800-38A (ECB, CBC, CFB, OFB, CTR), SP 800-38D (GCM: the first
//! counter after the nonce makes the tag, so block 0 takes 2), RFC 8452 (GCM-SIV: counters from the tag,
//! little-endian), IEEE 1619 (XTS: data units), RFC 8439 (`ChaCha20`: blocks of 64 bytes, the first makes the
//! key of the tag).

use crate::crypto::{KeyMaterial, ModeKind, Parameters, Scheme, Stealing, XtsTrace};
use crate::gui::wording;
use crate::picture::layout::BLOCK_BYTES;

/// 16 bytes.
pub type Block = [u8; BLOCK_BYTES];

/// A stage of the diagram, from the top down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Bytes that are there.
    Bytes(String, Vec<u8>),
    /// Bytes that are added, bit by bit without carry.
    Xor(String, Vec<u8>),
    /// What the bytes go through.
    Through(String),
    /// The line ends, and another begins.
    Apart,
}

/// The blocks of a message around one of them.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// All of the plaintext.
    pub plaintext: &'a [u8],
    /// All of the ciphertext.
    pub ciphertext: &'a [u8],
    /// The number of the block.
    pub block: usize,
}

impl Around<'_> {
    /// A block of the plaintext and of the ciphertext.
    fn pair(&self, block: usize) -> Option<(Block, Block)> {
        let of = |bytes: &[u8]| bytes.as_chunks::<BLOCK_BYTES>().0.get(block).copied();
        Some((of(self.plaintext)?, of(self.ciphertext)?))
    }
}

/// The stages of a block under a scheme; none where the message has no such block.
#[must_use]
pub fn stages(scheme: Scheme, key: &KeyMaterial, parameters: &Parameters, around: Around<'_>) -> Vec<Stage> {
    let Some((plain, cipher)) = around.pair(around.block) else { return Vec::new() };
    let before = around.block.checked_sub(1).and_then(|before| around.pair(before));
    let keystream = xor(plain, cipher);
    let name = wording::scheme_name(scheme);
    let aes = name.get(..7).filter(|name| name.starts_with("AES-")).unwrap_or(&name);
    let through = |what: &str| Stage::Through(format!("{what} with the key"));
    let bytes = |what: &str, bytes: &[u8]| Stage::Bytes(what.into(), bytes.to_vec());
    let add = |what: &str, bytes: &[u8]| Stage::Xor(what.into(), bytes.to_vec());
    let (start, end) = (bytes("plaintext", &plain), bytes("ciphertext", &cipher));
    let stream = |input: Stage, what: &str| {
        vec![input, through(what), bytes("keystream", &keystream), add("plaintext", &plain), end.clone()]
    };
    let iv = parameters.iv.as_deref().unwrap_or_default();
    match scheme.mode_kind() {
        ModeKind::Ecb => match &parameters.frame_key {
            Some(key) => vec![
                start,
                Stage::Through(format!("{aes} with a key for this frame, {}…", hex::encode(&key[..4]))),
                end,
            ],
            None => vec![start, through(aes), end],
        },
        ModeKind::Cbc => {
            let (what, chained) = chained("IV", iv, "ciphertext before", before.map(|(_, cipher)| cipher));
            let sum: Vec<u8> = plain.iter().zip(&chained).map(|(a, b)| a ^ b).collect();
            vec![start, add(what, &chained), bytes("XOR result", &sum), through(aes), end]
        }
        ModeKind::Cfb => {
            let (what, chained) = chained("IV", iv, "ciphertext before", before.map(|(_, cipher)| cipher));
            stream(bytes(what, &chained), aes)
        }
        ModeKind::Ofb => {
            let keystream_before = before.map(|(plain, cipher)| xor(plain, cipher));
            let (what, chained) = chained("IV", iv, "keystream before", keystream_before);
            stream(bytes(what, &chained), aes)
        }
        ModeKind::Ctr => {
            let first = parameters.counter_block.as_deref().and_then(|first| first.try_into().ok());
            let counter = u128::from_be_bytes(first.unwrap_or_default()).wrapping_add(around.block as u128);
            stream(bytes("counter block", &counter.to_be_bytes()), aes)
        }
        ModeKind::Gcm => {
            let mut counter = parameters.nonce.clone().unwrap_or_default();
            counter.extend(number(around.block).wrapping_add(2).to_be_bytes());
            stream(bytes("nonce and counter", &counter), aes)
        }
        ModeKind::GcmSiv => {
            let mut counter = parameters.tag.clone().unwrap_or_default();
            if let Some(last) = counter.last_mut() {
                *last |= 0x80;
            }
            if let Some(low) = counter.first_chunk_mut::<4>() {
                *low = u32::from_le_bytes(*low).wrapping_add(number(around.block)).to_le_bytes();
            }
            let mut stages = stream(bytes("counter from the tag", &counter), aes);
            stages[1] = Stage::Through(format!("{aes} with a key made from key and nonce"));
            stages
        }
        ModeKind::Xts => {
            let first = parameters.tweak.as_deref().and_then(|first| first.try_into().ok());
            let first = u128::from_le_bytes(first.unwrap_or_default());
            let trace = scheme.xts_trace(key, first, around.plaintext, around.block);
            trace.map_or_else(Vec::new, |trace| xts(&trace, aes, plain, cipher))
        }
        ModeKind::ChaCha20Poly1305 => {
            let mut counter = (number(around.block) / 4 + 1).to_le_bytes().to_vec();
            counter.extend(parameters.nonce.iter().flatten());
            stream(bytes("counter and nonce", &counter), "ChaCha20")
        }
    }
}

/// The stages of a block under XTS: how its mask comes about, and what is done with it. The last whole block of a unit
/// that ends in less than a block goes through the cipher twice.
fn xts(trace: &XtsTrace, aes: &str, plain: Block, cipher: Block) -> Vec<Stage> {
    let bytes = |what: &str, bytes: Block| Stage::Bytes(what.into(), bytes.to_vec());
    let mask = |bytes: Block| Stage::Xor("mask".into(), bytes.to_vec());
    let through = || Stage::Through(format!("{aes} with the first key"));
    let powers = |of: usize| Stage::Through(format!("× α{}", superscript(of)));
    // In: the bytes before the cipher and their mask, out: the bytes after it.
    let masked = |from: Stage, input: Block, by: Block, output: Block, to: Stage| {
        let (into, out) = (bytes("XOR result", xor(input, by)), bytes("result", xor(output, by)));
        [from, mask(by), into, through(), out, mask(by), to]
    };
    let mut stages = vec![
        bytes("tweak of the data unit", trace.tweak),
        Stage::Through(format!("{aes} with the second key")),
        bytes("mask of block 0 of the unit", trace.first_mask),
    ];
    if trace.place > 0 {
        let what = format!("mask of block {} of the unit", trace.place);
        stages.extend([powers(trace.place), bytes(&what, trace.mask)]);
    }
    let (start, end) = (bytes("plaintext", plain), bytes("ciphertext", cipher));
    match trace.stealing {
        None => {
            stages.push(Stage::Apart);
            stages.extend(masked(start, plain, trace.mask, cipher, end));
        }
        Some(Stealing { first, rest, input, mask: second }) => {
            stages.extend([powers(1), bytes("mask of the incomplete block after it", second), Stage::Apart]);
            let what = format!("first result; the ciphertext ends in its first {}", count(rest, "byte"));
            stages.extend(masked(start, plain, trace.mask, first, bytes(&what, first)));
            stages.push(Stage::Apart);
            let left = count(BLOCK_BYTES - rest, "byte");
            let what =
                format!("last {} of the plaintext, last {left} of the first result", count(rest, "byte"));
            stages.extend(masked(bytes(&what, input), input, second, cipher, end));
        }
    }
    stages
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// An exponent; none for 1.
fn superscript(number: usize) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digits = number.to_string();
    if number == 1 {
        String::new()
    } else {
        digits.bytes().map(|digit| DIGITS[usize::from(digit - b'0')]).collect()
    }
}

/// What is chained into a block: the initialization vector, or what came of the block before.
fn chained<'a>(first: &'a str, iv: &[u8], later: &'a str, before: Option<Block>) -> (&'a str, Vec<u8>) {
    before.map_or((first, iv.to_vec()), |before| (later, before.to_vec()))
}

/// The number of a block as counters have it.
fn number(block: usize) -> u32 {
    u32::try_from(block).unwrap_or(u32::MAX)
}

fn xor(one: Block, other: Block) -> Block {
    std::array::from_fn(|at| one[at] ^ other[at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::pool::Pool;
    use crate::units::FrameIndex;

    const FRAME: FrameIndex = FrameIndex(7);

    /// A message, its ciphertext and what went with it.
    fn message(scheme: Scheme, plaintext: &[u8]) -> (Vec<u8>, Parameters) {
        let mut ciphertext = Pool::default().take(0);
        let cipher = scheme.cipher(&KeyMaterial::default()).expect("the key is long enough");
        let parameters = cipher.encrypt(FRAME, plaintext, &mut ciphertext).expect("it is long enough");
        (ciphertext.to_vec(), parameters)
    }

    fn text() -> Vec<u8> {
        (0..9000u32).map(|i| (i * i % 251) as u8).collect()
    }

    /// AES under the leading bytes of the demonstration key, by ECB, whose first block is just that.
    fn aes(name: &str, input: &[u8]) -> Vec<u8> {
        let scheme = format!("{}-ecb", &name[..7]).parse().expect("a scheme");
        let mut output = message(scheme, input).0;
        output.truncate(16);
        output
    }

    #[test]
    fn what_goes_into_aes_comes_out_of_it_in_every_mode_of_one_key() {
        for name in ["aes-128-ecb", "aes-256-cbc", "aes-192-cfb", "aes-128-ofb", "aes-256-ctr", "aes-128-gcm"]
        {
            let scheme: Scheme = name.parse().expect("a scheme");
            let text = text();
            let (ciphertext, parameters) = message(scheme, &text);
            for block in [0, 1, 300] {
                let around = Around { plaintext: &text, ciphertext: &ciphertext, block };
                let stages = stages(scheme, &KeyMaterial::default(), &parameters, around);
                let at = stages.iter().position(|stage| matches!(stage, Stage::Through(_))).expect("AES");
                let (Stage::Bytes(_, into), Stage::Bytes(_, out)) = (&stages[at - 1], &stages[at + 1]) else {
                    panic!("{name} has bytes before and after AES: {stages:?}");
                };
                assert_eq!(&aes(name, into), out, "{name}, block {block}");
            }
        }
    }

    #[test]
    fn every_diagram_ends_in_the_ciphertext_and_adds_up_on_the_way() {
        for scheme in Scheme::all() {
            let text = text();
            let (ciphertext, parameters) = message(scheme, &text);
            let around = Around { plaintext: &text, ciphertext: &ciphertext, block: 259 };
            let stages = stages(scheme, &KeyMaterial::default(), &parameters, around);
            let end = Stage::Bytes("ciphertext".into(), ciphertext[259 * 16..260 * 16].to_vec());
            assert_eq!(stages.last(), Some(&end), "{scheme}");
            for three in stages.windows(3) {
                if let [Stage::Bytes(_, one), Stage::Xor(_, other), Stage::Bytes(_, sum)] = three {
                    let added: Vec<u8> = one.iter().zip(other).map(|(a, b)| a ^ b).collect();
                    assert_eq!(&added, sum, "{scheme}");
                }
            }
            let beyond = Around { block: text.len() / 16, ..around };
            assert!(super::stages(scheme, &KeyMaterial::default(), &parameters, beyond).is_empty());
        }
    }

    #[test]
    fn chacha20_and_gcm_siv_count_as_their_rfcs_say() {
        let text = text();
        let input = |name: &str, block: usize| {
            let scheme: Scheme = name.parse().expect("a scheme");
            let (ciphertext, parameters) = message(scheme, &text);
            let around = Around { plaintext: &text, ciphertext: &ciphertext, block };
            match stages(scheme, &KeyMaterial::default(), &parameters, around).swap_remove(0) {
                Stage::Bytes(_, bytes) => (bytes, parameters),
                other => panic!("{other:?}"),
            }
        };
        // RFC 8439, 2.8: the text starts with counter 1.
        assert_eq!(input("chacha20-poly1305", 3).0[..4], [1, 0, 0, 0]);
        assert_eq!(input("chacha20-poly1305", 4).0[..4], [2, 0, 0, 0]);
        let (first, parameters) = input("aes-256-gcm-siv", 0);
        let tag = parameters.tag.expect("a tag");
        assert_eq!(first[..15], tag[..15]);
        assert_eq!(first[15], tag[15] | 0x80);
    }

    /// What goes into the first key's AES and what comes out, each time it is called.
    fn calls(stages: &[Stage]) -> Vec<(Vec<u8>, Vec<u8>)> {
        let first_key =
            |stage: &Stage| matches!(stage, Stage::Through(what) if what.ends_with("the first key"));
        let at = (0..stages.len()).filter(|&at| first_key(&stages[at]));
        at.map(|at| match (&stages[at - 1], &stages[at + 1]) {
            (Stage::Bytes(_, into), Stage::Bytes(_, out)) => (into.clone(), out.clone()),
            other => panic!("{other:?}"),
        })
        .collect()
    }

    #[test]
    fn xts_shows_its_masks_and_what_is_stolen_and_aes_agrees() {
        let scheme: Scheme = "aes-128-xts".parse().expect("a scheme");
        // Two whole units and one of 808 bytes, the last 8 of them no whole block.
        let text = &text()[..2 * 4096 + 808];
        let (ciphertext, parameters) = message(scheme, text);
        let last = text.len() / 16 - 1;
        for (block, times) in [(0, 1), (1, 1), (300, 1), (last - 1, 1), (last, 2)] {
            let around = Around { plaintext: text, ciphertext: &ciphertext, block };
            let stages = stages(scheme, &KeyMaterial::default(), &parameters, around);
            let calls = calls(&stages);
            assert_eq!(calls.len(), times, "block {block}");
            // The first key of XTS is that of ECB here.
            for (into, out) in calls {
                assert_eq!(aes("aes-128-xts", &into), out, "block {block}");
            }
            let masks = stages.iter().filter(|stage| matches!(stage, Stage::Xor(what, _) if what == "mask"));
            assert_eq!(masks.count(), 2 * times, "added before and after");
        }
        let around = Around { plaintext: text, ciphertext: &ciphertext, block: last };
        let stages = stages(scheme, &KeyMaterial::default(), &parameters, around);
        let first = stages.iter().find_map(|stage| match stage {
            Stage::Bytes(what, bytes) if what.starts_with("first result") => Some(bytes),
            _ => None,
        });
        assert_eq!(
            first.map(|first| &first[..8]),
            Some(&ciphertext[text.len() - 8..]),
            "where the rest comes from"
        );
    }
}
