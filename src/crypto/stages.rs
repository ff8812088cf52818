//! The diagram of one block of ciphertext: the stages of its mode, with the actual bytes.
//!
//! ```text
//! ECB   plaintext ─▶ AES ─▶ ciphertext            CTR   counter ─▶ AES ─▶ keystream ⊕ plaintext ─▶ ciphertext
//! CBC   plaintext ⊕ block before ─▶ AES ─▶ …      CFB   block before ─▶ AES ─▶ keystream ⊕ plaintext ─▶ …
//! ```
//!
//! Each mode lists its stages in its own file. They are computed from plaintext, ciphertext and parameters: a
//! keystream is plaintext ⊕ ciphertext, and a counter block is the first one plus the number of the block.

use super::{KeyMaterial, Parameters, Scheme};
use crate::picture::layout::BLOCK_BYTES;

/// Bytes of one block.
pub type Block = [u8; BLOCK_BYTES];

/// A stage of the diagram, in order from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Bytes and their name.
    Bytes(String, Vec<u8>),
    /// Bytes that are XORed with those above, and their name.
    Xor(String, Vec<u8>),
    /// A cipher that the bytes above pass through.
    Through(String),
    /// The end of one column of stages; another one follows.
    Apart,
}

/// A message and one of its blocks.
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
    /// The plaintext and the ciphertext of a block.
    fn pair(&self, block: usize) -> Option<(Block, Block)> {
        let of = |bytes: &[u8]| bytes.as_chunks::<BLOCK_BYTES>().0.get(block).copied();
        Some((of(self.plaintext)?, of(self.ciphertext)?))
    }
}

/// The input from which a mode makes its stages.
pub(super) struct Inspected<'a> {
    /// The cipher, such as `AES-128`.
    pub cipher: String,
    /// The key of the scheme; `None` if the key material is too short.
    pub key: Option<&'a [u8]>,
    /// The parameters of the message.
    pub parameters: &'a Parameters,
    /// The message, and the number of the block.
    pub around: Around<'a>,
    /// The plaintext of the block.
    pub plain: Block,
    /// The ciphertext of the block.
    pub encrypted: Block,
}

impl Inspected<'_> {
    /// The plaintext of the block: the first stage of most diagrams.
    pub fn start(&self) -> Stage {
        bytes("plaintext", &self.plain)
    }

    /// The ciphertext of the block: the last stage of all diagrams.
    pub fn end(&self) -> Stage {
        bytes("ciphertext", &self.encrypted)
    }

    /// The cipher with its key.
    pub fn through(&self) -> Stage {
        Stage::Through(format!("{} with the key", self.cipher))
    }

    /// The stages of a block that is XORed with a keystream; the cipher makes the keystream from `input`.
    pub fn stream(&self, input: Stage) -> Vec<Stage> {
        let keystream = bytes("keystream", &xor(self.plain, self.encrypted));
        vec![input, self.through(), keystream, added("plaintext", &self.plain), self.end()]
    }

    /// The value that is chained into the block, with its name: for block 0 the initialization vector, named `first`;
    /// for others the result of `of` on the plaintext and ciphertext of the block before, named `later`.
    pub fn chained<'n>(
        &self,
        first: &'n str,
        later: &'n str,
        of: impl Fn(Block, Block) -> Block,
    ) -> (&'n str, Vec<u8>) {
        let before = self.around.block.checked_sub(1).and_then(|before| self.around.pair(before));
        match before {
            Some((plain, encrypted)) => (later, of(plain, encrypted).to_vec()),
            None => (first, self.parameters.iv.clone().unwrap_or_default()),
        }
    }

    /// The number of the block, modulo 2³², as a counter of 32 bits.
    pub fn number(&self) -> u32 {
        u32::try_from(self.around.block).unwrap_or(u32::MAX)
    }
}

/// A stage of bytes.
pub(super) fn bytes(what: &str, bytes: &[u8]) -> Stage {
    Stage::Bytes(what.into(), bytes.to_vec())
}

/// A stage of bytes that are XORed.
pub(super) fn added(what: &str, bytes: &[u8]) -> Stage {
    Stage::Xor(what.into(), bytes.to_vec())
}

/// The XOR of two blocks.
pub(super) fn xor(one: Block, other: Block) -> Block {
    std::array::from_fn(|at| one[at] ^ other[at])
}

impl Scheme {
    /// The stages of a block under the scheme; empty if the message has no such block.
    #[must_use]
    pub fn stages(self, key: &KeyMaterial, parameters: &Parameters, around: Around<'_>) -> Vec<Stage> {
        let Some((plain, encrypted)) = around.pair(around.block) else { return Vec::new() };
        let inspected = Inspected {
            cipher: self.cipher_title(),
            key: self.key(key).ok(),
            parameters,
            around,
            plain,
            encrypted,
        };
        (self.mode().stages)(&inspected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::pool::Pool;
    use crate::units::MessageNumber;

    const FRAME: MessageNumber = MessageNumber(7);

    /// The ciphertext and the parameters of a message.
    fn message(scheme: Scheme, plaintext: &[u8]) -> (Vec<u8>, Parameters) {
        let mut ciphertext = Pool::default().take(0);
        let cipher = scheme.cipher(&KeyMaterial::default()).expect("the key is long enough");
        let parameters = cipher.encrypt(FRAME, plaintext, &mut ciphertext).expect("it is long enough");
        (ciphertext.to_vec(), parameters)
    }

    fn text() -> Vec<u8> {
        (0..9000u32).map(|i| (i * i % 251) as u8).collect()
    }

    /// One AES block encrypted with the leading bytes of the demonstration key, taken from the first block of ECB.
    fn aes(name: &str, input: &[u8]) -> Vec<u8> {
        let scheme = format!("{}-ecb", &name[..7]).parse().expect("a scheme");
        let mut output = message(scheme, input).0;
        output.truncate(16);
        output
    }

    #[test]
    fn aes_of_the_shown_input_is_the_shown_output_in_every_mode_of_one_key() {
        for name in ["aes-128-ecb", "aes-256-cbc", "aes-192-cfb", "aes-128-ofb", "aes-256-ctr", "aes-128-gcm"]
        {
            let scheme: Scheme = name.parse().expect("a scheme");
            let text = text();
            let (ciphertext, parameters) = message(scheme, &text);
            for block in [0, 1, 300] {
                let around = Around { plaintext: &text, ciphertext: &ciphertext, block };
                let stages = scheme.stages(&KeyMaterial::default(), &parameters, around);
                let at = stages.iter().position(|stage| matches!(stage, Stage::Through(_))).expect("AES");
                let (Stage::Bytes(_, into), Stage::Bytes(_, out)) = (&stages[at - 1], &stages[at + 1]) else {
                    panic!("{name} lacks bytes before or after AES: {stages:?}");
                };
                assert_eq!(&aes(name, into), out, "{name}, block {block}");
            }
        }
    }

    #[test]
    fn every_diagram_ends_in_the_ciphertext_and_its_xor_results_are_right() {
        for scheme in Scheme::all() {
            let text = text();
            let (ciphertext, parameters) = message(scheme, &text);
            let around = Around { plaintext: &text, ciphertext: &ciphertext, block: 259 };
            let stages = scheme.stages(&KeyMaterial::default(), &parameters, around);
            let end = Stage::Bytes("ciphertext".into(), ciphertext[259 * 16..260 * 16].to_vec());
            assert_eq!(stages.last(), Some(&end), "{scheme}");
            for three in stages.windows(3) {
                if let [Stage::Bytes(_, one), Stage::Xor(_, other), Stage::Bytes(_, sum)] = three {
                    let added: Vec<u8> = one.iter().zip(other).map(|(a, b)| a ^ b).collect();
                    assert_eq!(&added, sum, "{scheme}");
                }
            }
            let beyond = Around { block: text.len() / 16, ..around };
            assert!(scheme.stages(&KeyMaterial::default(), &parameters, beyond).is_empty());
        }
    }

    #[test]
    fn chacha20_and_gcm_siv_count_as_their_rfcs_say() {
        let text = text();
        let input = |name: &str, block: usize| {
            let scheme: Scheme = name.parse().expect("a scheme");
            let (ciphertext, parameters) = message(scheme, &text);
            let around = Around { plaintext: &text, ciphertext: &ciphertext, block };
            match scheme.stages(&KeyMaterial::default(), &parameters, around).swap_remove(0) {
                Stage::Bytes(_, bytes) => (bytes, parameters),
                other => panic!("{other:?}"),
            }
        };
        // RFC 8439, 2.8: encryption starts with counter 1.
        assert_eq!(input("chacha20-poly1305", 3).0[..4], [1, 0, 0, 0]);
        assert_eq!(input("chacha20-poly1305", 4).0[..4], [2, 0, 0, 0]);
        let (first, parameters) = input("aes-256-gcm-siv", 0);
        let tag = parameters.tag.expect("a tag");
        assert_eq!(first[..15], tag[..15]);
        assert_eq!(first[15], tag[15] | 0x80);
    }

    /// The input and the output of each call of AES with the first key.
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
    fn xts_shows_masks_and_stolen_ciphertext_that_agree_with_aes() {
        let scheme: Scheme = "aes-128-xts".parse().expect("a scheme");
        // Two whole units and one of 808 bytes, the last 8 of which are no whole block.
        let text = &text()[..2 * 4096 + 808];
        let (ciphertext, parameters) = message(scheme, text);
        let last = text.len() / 16 - 1;
        for (block, times) in [(0, 1), (1, 1), (300, 1), (last - 1, 1), (last, 2)] {
            let around = Around { plaintext: text, ciphertext: &ciphertext, block };
            let stages = scheme.stages(&KeyMaterial::default(), &parameters, around);
            let calls = calls(&stages);
            assert_eq!(calls.len(), times, "block {block}");
            // The first key of XTS equals the key of ECB here.
            for (into, out) in calls {
                assert_eq!(aes("aes-128-xts", &into), out, "block {block}");
            }
            let masks = stages.iter().filter(|stage| matches!(stage, Stage::Xor(what, _) if what == "mask"));
            assert_eq!(masks.count(), 2 * times, "added before and after");
        }
        let around = Around { plaintext: text, ciphertext: &ciphertext, block: last };
        let stages = scheme.stages(&KeyMaterial::default(), &parameters, around);
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
