//! The block cipher beneath the modes: AES with a key of any of its sizes.

use aes::cipher::consts::U16;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256, Block};

use crate::units::MessageNumber;

/// AES with a key of one size.
pub(super) trait Aes:
    BlockCipherEncrypt<BlockSize = U16>
    + BlockCipherDecrypt<BlockSize = U16>
    + KeyInit
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl Aes for Aes128 {}
impl Aes for Aes192 {}
impl Aes for Aes256 {}

/// A block cipher with a key. The table of schemes ensures the length of `key`.
pub(super) fn keyed<C: Aes>(key: &[u8]) -> C {
    C::new_from_slice(key).expect("the scheme names its key's length")
}

/// The initialization vector of message i for CBC, CFB and OFB: `AES_K(i)`, i as 16 bytes big-endian, the first
/// of the two methods of SP 800-38A, appendix C. `+fixed-iv` takes i = 0 for every message.
pub(super) fn iv<C: Aes>(cipher: &C, message: MessageNumber, fixed_iv: bool) -> Block {
    let number = if fixed_iv { 0 } else { u128::from(message.0) };
    let mut block = Block::from(number.to_be_bytes());
    cipher.encrypt_block(&mut block);
    block
}
