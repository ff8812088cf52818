//! The scheme `own`: the ciphertext of a file that is encrypted already. Nothing is encrypted, and no key is needed.

use super::{DecryptError, EncryptError, Habit, MessageCipher, Mode, Parameters};
use crate::runtime::pool::Buffer;
use crate::units::MessageNumber;

/// The name of the scheme.
pub(super) const NAME: &str = "own";

/// Not in the list of modes, whose schemes all encrypt.
pub(super) static MODE: Mode = Mode {
    title: "own",
    schemes: &[],
    keys: 1,
    // Never used: the mode has no scheme with a habit.
    habit: Habit::FixedIv,
    codebook: false,
    about: "the ciphertext of a file that is encrypted already, as it stands in the file",
    about_habit: "",
    cipher: |_, _| Box::new(Own),
    stages: |block| vec![block.end()],
};

struct Own;

impl MessageCipher for Own {
    fn encrypt(
        &self,
        _: MessageNumber,
        plaintext: &[u8],
        ciphertext: &mut Buffer,
    ) -> Result<Parameters, EncryptError> {
        ciphertext.vec_mut().clear();
        ciphertext.vec_mut().extend_from_slice(plaintext);
        Ok(Parameters::default())
    }

    fn decrypt(
        &self,
        _: MessageNumber,
        ciphertext: &[u8],
        _: Option<&[u8]>,
    ) -> Result<Vec<u8>, DecryptError> {
        Ok(ciphertext.to_vec())
    }
}
