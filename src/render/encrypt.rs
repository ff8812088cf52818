//! Encrypting messages that are cut into pieces.

use crate::crypto::{EncryptError, MessageCipher, Parameters};
use crate::payload::{Message, Payload};
use crate::picture::layout::BLOCK_BYTES;
use crate::runtime::pool::{Buffer, Pool};

/// Encrypts each message of a payload: its encrypted bytes as one, in the order of its pieces; clear bytes stay as they are.
/// A mode that pads encrypts whole blocks only, so that nothing grows: a rest under 16 bytes of a message stays clear.
/// Returns bytes arranged as the payload is, and the parameters of each message.
///
/// # Errors
/// [`EncryptError`] if the mode cannot take one of the messages.
pub fn encrypt_messages(
    cipher: &dyn MessageCipher,
    payload: &Payload,
    pool: &Pool,
) -> Result<(Buffer, Vec<Parameters>), EncryptError> {
    let mut bytes = pool.take(payload.bytes().len());
    bytes.copy_from_slice(payload.bytes());
    let (mut plaintext, mut ciphertext) = (Vec::new(), Buffer::default());
    let mut parameters = Vec::with_capacity(payload.messages().len());
    for Message { number, pieces } in payload.messages() {
        plaintext.clear();
        for piece in pieces {
            plaintext.extend_from_slice(&payload.bytes()[piece.encrypted()]);
        }
        if cipher.pads() {
            plaintext.truncate(plaintext.len() / BLOCK_BYTES * BLOCK_BYTES);
        }
        parameters.push(cipher.ciphertext(*number, &plaintext, &mut ciphertext)?);
        // What a mode pads with is left out.
        let mut rest = &ciphertext[..plaintext.len()];
        for piece in pieces {
            let encrypted = piece.encrypted();
            let (own, others) = rest.split_at(encrypted.len().min(rest.len()));
            bytes[encrypted][..own.len()].copy_from_slice(own);
            rest = others;
        }
    }
    Ok((bytes, parameters))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::crypto::{KeyMaterial, Scheme};
    use crate::payload::Piece;
    use crate::picture::Shape;
    use crate::units::MessageNumber;

    /// Two messages: one of two pieces with 3 and 5 clear bytes, 40 and 30 encrypted ones; one of 21 bytes.
    fn payload() -> Payload {
        let bytes: Vec<u8> = (0..99).collect();
        let piece = |range, clear| Piece { range, clear };
        let messages = vec![
            Message { number: MessageNumber(5), pieces: vec![piece(0..43, 3), piece(43..78, 5)] },
            Message { number: MessageNumber(6), pieces: vec![piece(78..99, 0)] },
        ];
        Payload::of_messages(Arc::new(Buffer::from(bytes)), messages, Shape::new(64, 64))
    }

    #[test]
    fn each_message_is_encrypted_as_one_and_clear_bytes_stay() {
        for scheme in ["aes-128-ctr", "aes-128-gcm", "aes-128-cfb", "aes-128-ecb", "aes-128-cbc"] {
            let scheme: Scheme = scheme.parse().expect("a scheme");
            let cipher = scheme.cipher(&KeyMaterial::default()).expect("the demonstration key");
            let (bytes, parameters) =
                encrypt_messages(&*cipher, &payload(), &Pool::default()).expect("any message");
            assert_eq!(parameters.len(), 2);
            let whole = |bytes: usize| if cipher.pads() { bytes / 16 * 16 } else { bytes };
            let protected: [(u64, Vec<usize>); 2] =
                [(5, (3..43).chain(48..78).collect()), (6, (78..99).collect())];
            for (number, places) in protected {
                let (encrypted, clear) = places.split_at(whole(places.len()));
                let plaintext: Vec<u8> =
                    encrypted.iter().map(|&at| u8::try_from(at).expect("99 bytes")).collect();
                let mut expected = Buffer::default();
                let message = MessageNumber(number);
                let own = cipher.encrypt(message, &plaintext, &mut expected).expect("any message");
                let found: Vec<u8> = encrypted.iter().map(|&at| bytes[at]).collect();
                assert_eq!(found, expected[..plaintext.len()], "{scheme}");
                assert!(clear.iter().all(|&at| usize::from(bytes[at]) == at), "{scheme}");
                assert_eq!(parameters[usize::from(number == 6)].iv, own.iv, "{scheme}");
            }
            assert!((0..3).chain(43..48).all(|at| usize::from(bytes[at]) == at), "{scheme}");
        }
    }
}
