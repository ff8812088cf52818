//! Small text files: keys, scenes and lessons, read up to a bound.
//!
//! A path may lead to an endless device (`/dev/zero`), or to a pipe without a writer. A path inside another file must
//! therefore lead to a [regular file](read): a user opens a scene without choosing the paths in it. A path on the
//! command line may lead to a [pipe](read_any), as in `--key-file <(…)`, which is read up to the same bound.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

/// Why a text file is not read.
#[derive(Debug, thiserror::Error)]
pub enum TextFileError {
    /// The system's error.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A pipe, a device or a folder.
    #[error("it is not a regular file; give one")]
    Irregular,
    /// The file has more bytes than allowed.
    #[error("it is larger than {most_bytes} bytes; give a smaller one")]
    TooLarge {
        /// Upper bound of the bytes.
        most_bytes: u64,
    },
}

/// Reads a regular file of at most `most_bytes` bytes. Never waits for the other end of a pipe.
///
/// # Errors
/// [`TextFileError`], also for bytes that are no text.
pub fn read(path: &Path, most_bytes: u64) -> Result<Zeroizing<String>, TextFileError> {
    // Checked before opening, since opening a device can have an effect; and after, since the path may lead to another
    // file by then.
    if !fs::metadata(path)?.is_file() {
        return Err(TextFileError::Irregular);
    }
    let file = open_without_waiting(path)?;
    if !file.metadata()?.is_file() {
        return Err(TextFileError::Irregular);
    }
    read_from(file, most_bytes)
}

/// Reads a file of any kind, including a pipe, of at most `most_bytes` bytes.
///
/// # Errors
/// [`TextFileError`], also for bytes that are no text.
pub fn read_any(path: &Path, most_bytes: u64) -> Result<Zeroizing<String>, TextFileError> {
    read_from(File::open(path)?, most_bytes)
}

fn read_from(file: File, most_bytes: u64) -> Result<Zeroizing<String>, TextFileError> {
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(most_bytes + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most_bytes {
        return Err(TextFileError::TooLarge { most_bytes });
    }
    let invalid = |reason: String| io::Error::new(io::ErrorKind::InvalidData, reason);
    Ok(Zeroizing::new(decode(&bytes).map_err(invalid)?))
}

/// Decodes UTF-8, or UTF-16 after a byte-order mark, which some editors write; the mark is removed.
fn decode(bytes: &[u8]) -> Result<String, String> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (units, rest) = bytes.as_chunks::<2>();
        let text: Option<String> =
            char::decode_utf16(units.iter().map(|&bytes| unit(bytes))).collect::<Result<_, _>>().ok();
        text.filter(|_| rest.is_empty()).ok_or_else(|| "invalid utf-16".to_owned())
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] | rest => {
            std::str::from_utf8(rest).map(str::to_owned).map_err(|error| error.to_string())
        }
    }
}

/// Opens a file for reading; if it is a pipe, without waiting for a writer.
fn open_without_waiting(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;

        use rustix::fs::OFlags;
        options.custom_flags(OFlags::NONBLOCK.bits().cast_signed());
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_one_byte_more_than_the_bound_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key.hex");
        std::fs::write(&path, "00112233").expect("room for a file");
        for read in [read, read_any] {
            assert_eq!(read(&path, 8).expect("8 bytes").as_str(), "00112233");
            assert!(matches!(read(&path, 7), Err(TextFileError::TooLarge { most_bytes: 7 })));
            let missing = read(&folder.path().join("missing"), 8);
            assert!(matches!(missing, Err(TextFileError::Io(_))));
        }
        assert!(matches!(read(folder.path(), 8), Err(TextFileError::Irregular)), "a folder");
    }

    #[test]
    fn bytes_that_are_no_text_are_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("noise");
        std::fs::write(&path, [0xff; 9]).expect("room for a file");
        let error = read(&path, 64).expect_err("no text").to_string();
        assert!(error.contains("utf-8"), "{error}");
        for half in [&[0xFF, 0xFE, 0x37][..], &[0xFF, 0xFE, 0x00, 0xD8], &[0xFE, 0xFF, 0xD8, 0x00]] {
            assert_eq!(decode(half), Err("invalid utf-16".to_owned()), "{half:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_selects_the_encoding_and_is_dropped() {
        let text = "version = 1\r\n# Löwe \u{1f981}";
        let units = || "\u{feff}".encode_utf16().chain(text.encode_utf16());
        let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        let marked = format!("\u{feff}{text}");
        for bytes in [text.as_bytes(), marked.as_bytes(), &little, &big] {
            assert_eq!(decode(bytes).as_deref(), Ok(text));
        }
        assert_eq!(decode(b"").as_deref(), Ok(""));
    }

    #[cfg(unix)]
    #[test]
    fn an_endless_device_is_read_up_to_the_bound_or_rejected_as_irregular() {
        let zero = Path::new("/dev/zero");
        assert!(matches!(read_any(zero, 4096), Err(TextFileError::TooLarge { .. })));
        assert!(matches!(read(zero, 4096), Err(TextFileError::Irregular)));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_without_a_writer_is_opened_without_waiting() {
        let folder = tempfile::tempdir().expect("a folder");
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
        assert!(made.success());
        // As if the path had become a pipe after the check.
        assert!(
            !open_without_waiting(&pipe).expect("it is opened").metadata().expect("it is known").is_file()
        );
        assert!(matches!(read(&pipe, 64), Err(TextFileError::Irregular)));
    }
}
