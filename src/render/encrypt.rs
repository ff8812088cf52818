//! Encrypting messages that are cut into pieces.

use crate::crypto::{EncryptError, MessageCipher, Parameters};
use crate::payload::{Message, Payload, Piece, Procedure};
use crate::picture::layout::BLOCK_BYTES;
use crate::runtime::pool::{Buffer, Pool};
use crate::units::MessageNumber;

/// Encrypts each message of a payload by its [`Procedure`]; clear bytes stay as they are. Returns as many bytes as the payload
/// has, in the same arrangement, and the parameters of each message.
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
    let mut encryption = MessageEncryption::new(cipher);
    let mut parameters = Vec::with_capacity(payload.messages().len());
    for message in payload.messages() {
        parameters.push(encryption.encrypt(message, &mut bytes)?);
    }
    Ok((bytes, parameters))
}

/// Encrypts messages one by one, with room for one.
pub struct MessageEncryption<'a> {
    cipher: &'a dyn MessageCipher,
    plaintext: Vec<u8>,
    ciphertext: Buffer,
}

impl<'a> MessageEncryption<'a> {
    /// Encrypts with a cipher.
    #[must_use]
    pub fn new(cipher: &'a dyn MessageCipher) -> Self {
        Self { cipher, plaintext: Vec::new(), ciphertext: Buffer::default() }
    }

    /// Encrypts a message in place in `bytes`, as [`encrypt_messages`] does.
    ///
    /// # Errors
    /// [`EncryptError`] if the mode cannot take the message.
    pub fn encrypt(&mut self, message: &Message, bytes: &mut [u8]) -> Result<Parameters, EncryptError> {
        match message.procedure {
            Procedure::Joined => return self.encrypt_pieces(message.number, &message.pieces, bytes),
            Procedure::File { put_back } => {
                let bytes = &mut bytes[message.range.clone()];
                let parameters = self.cipher.encrypt(message.number, bytes, &mut self.ciphertext)?;
                // Without the padding of the mode.
                let length = bytes.len();
                bytes[put_back..].copy_from_slice(&self.ciphertext[put_back..length]);
                return Ok(parameters);
            }
            Procedure::EachPiece => {}
        }
        let mut parameters = self.encrypt_pieces(message.number, &[], bytes)?;
        for piece in message.pieces.chunks(1) {
            parameters = self.encrypt_pieces(message.number, piece, bytes)?;
        }
        Ok(parameters)
    }

    /// Encrypts the encrypted bytes of some pieces as one.
    fn encrypt_pieces(
        &mut self,
        number: MessageNumber,
        pieces: &[Piece],
        bytes: &mut [u8],
    ) -> Result<Parameters, EncryptError> {
        let ranges = || pieces.iter().flat_map(Piece::encrypted);
        let Self { cipher, plaintext, ciphertext } = self;
        plaintext.clear();
        for range in ranges() {
            plaintext.extend_from_slice(&bytes[range]);
        }
        if cipher.pads() {
            plaintext.truncate(plaintext.len() / BLOCK_BYTES * BLOCK_BYTES);
        }
        let parameters = cipher.encrypt(number, plaintext, ciphertext)?;
        // Without the padding of the mode.
        let mut rest = &ciphertext[..plaintext.len()];
        for range in ranges() {
            let (own, others) = rest.split_at(range.len().min(rest.len()));
            bytes[range][..own.len()].copy_from_slice(own);
            rest = others;
        }
        Ok(parameters)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::crypto::{KeyMaterial, Scheme};
    use crate::payload::{Category, Pattern};
    use crate::picture::Shape;

    /// Two messages: one of two pieces with 3 and 5 clear bytes, 40 and 30 encrypted ones; one of 21 bytes.
    fn payload() -> Payload {
        let bytes: Vec<u8> = (0..99).collect();
        let message = |number, range, pieces| Message {
            number: MessageNumber(number),
            kind: "packet",
            category: Category::Other,
            range,
            pieces,
            slices: Vec::new(),
            procedure: Procedure::Joined,
        };
        let messages = vec![
            message(5, 0..78, vec![Piece::new(0..43, 3), Piece::new(43..78, 5)]),
            message(6, 78..99, vec![Piece::new(78..99, 0)]),
        ];
        Payload::of_messages(Arc::new(Buffer::from(bytes)), messages, Shape::new(64, 64))
    }

    #[test]
    fn the_pieces_of_a_message_are_encrypted_as_one_text_and_clear_bytes_stay() {
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

    #[test]
    fn a_message_by_pieces_encrypts_each_piece_from_the_same_vector() {
        let bytes: Vec<u8> = (0..200).map(|n| n % 20).collect();
        let pieces =
            [0..100, 100..200].map(|range| Piece { pattern: Pattern::ONE_IN_TEN, ..Piece::new(range, 4) });
        let message = Message {
            number: MessageNumber(3),
            kind: "sample",
            category: Category::Other,
            range: 0..200,
            pieces: pieces.into(),
            slices: Vec::new(),
            procedure: Procedure::EachPiece,
        };
        let payload =
            Payload::of_messages(Arc::new(Buffer::from(bytes.clone())), vec![message], Shape::new(9, 9));
        let scheme: Scheme = "aes-128-cbc+fixed-iv".parse().expect("a scheme");
        let cipher = scheme.cipher(&KeyMaterial::default()).expect("the demonstration key");
        let (encrypted, parameters) =
            encrypt_messages(&*cipher, &payload, &Pool::default()).expect("any message");
        assert_eq!(parameters.len(), 1);
        assert!(parameters[0].iv.is_some());
        assert_ne!(encrypted[4..20], bytes[4..20]);
        assert_eq!(encrypted[4..20], encrypted[104..120], "equal starts stay equal");
        let clear = (0..200).filter(|at| !(4..20).contains(&(at % 100)));
        assert!(clear.into_iter().all(|at: usize| encrypted[at] == bytes[at]));
    }
}
