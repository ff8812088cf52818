//! The files of a command. Before anything is read, the program checks that no output is also an input, and that no
//! two outputs are one file.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use super::arg_types::Target;
use crate::cli::failure::Failure;
use crate::export::{Destination, WriteOptions};
use crate::media::Source;
use crate::scene::SceneFile;

/// Whether existing files may be replaced.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct WriteArgs {
    /// Fail if a file exists already, instead of replacing it
    #[arg(long)]
    no_clobber: bool,
}

impl WriteArgs {
    /// The options for written files.
    #[must_use]
    pub const fn options(self) -> WriteOptions {
        WriteOptions { no_clobber: self.no_clobber, is_secret: false }
    }
}

/// Everything that a command reads and writes.
#[derive(Clone, Debug, Default)]
pub struct Files {
    inputs: Vec<(&'static str, Identity)>,
    outputs: Vec<OutputFile>,
    no_clobber: bool,
}

#[derive(Clone, Debug)]
struct OutputFile {
    option: &'static str,
    target: Target,
    identity: Identity,
}

impl Files {
    /// No files yet. `write` says whether existing files may be replaced.
    #[must_use]
    pub const fn new(write: WriteArgs) -> Self {
        Self { inputs: Vec::new(), outputs: Vec::new(), no_clobber: write.no_clobber }
    }

    /// Adds an output, which the option `option` names.
    ///
    /// # Errors
    /// If the target cannot be written: it is a folder, its folder cannot be written to, or the descriptor is not open.
    pub fn writing(mut self, option: &'static str, target: Option<&Target>) -> anyhow::Result<Self> {
        if let Some(target) = target {
            let identity = Identity::of_target(target).with_context(|| {
                format!("cannot write here; name a file in a folder that exists and that you may write to: {target}")
            })?;
            self.outputs.push(OutputFile { option, target: target.clone(), identity });
        }
        Ok(self)
    }

    /// Adds a file that is read.
    #[must_use]
    pub fn reading(mut self, what: &'static str, path: Option<&Path>) -> Self {
        self.inputs.extend(path.and_then(|path| Some((what, Identity::of_path(path).ok()?))));
        self
    }

    /// Adds the file of a source, if it is one.
    #[must_use]
    pub fn reading_source(self, what: &'static str, source: &Source) -> Self {
        self.reading(what, source.path())
    }

    /// Adds the files that a scene names.
    #[must_use]
    pub fn reading_scene(self, file: &SceneFile) -> Self {
        let files = file.scene.source.files().into_iter();
        files
            .fold(self, |files, (what, path)| files.reading(what, Some(path)))
            .reading("the key file", file.key_file.as_deref())
    }

    /// Adds an input, which may be standard input.
    #[must_use]
    pub fn reading_input(mut self, what: &'static str, input: &Target) -> Self {
        match input {
            Target::Stdout => {
                self.inputs.extend(Identity::of_stdin().ok().map(|identity| (what, identity)));
                self
            }
            Target::File(path) => self.reading(what, Some(path)),
        }
    }

    /// Checks that no output is an input, that no two outputs are one file, and that no output exists that must not be
    /// replaced.
    ///
    /// # Errors
    /// A message with the file and the fix.
    pub fn check(&self) -> anyhow::Result<()> {
        for (at, output) in self.outputs.iter().enumerate() {
            let OutputFile { option, target, identity } = output;
            let is_input = |input: &Identity| input.key.is_existing_file() && input.is_same(identity);
            if let Some((what, _)) = self.inputs.iter().find(|(_, input)| is_input(input)) {
                return Err(Failure::Usage(format!(
                    "{option} names {what} itself, which would be overwritten; name another file: {target}"
                ))
                .into());
            }
            if let Some(other) = self.outputs[..at].iter().find(|other| other.identity.is_same(identity)) {
                return Err(Failure::Usage(format!(
                    "{} and {option} name the same file; give each its own: {target}",
                    other.option
                ))
                .into());
            }
            if self.no_clobber && identity.is_replaced() {
                anyhow::bail!(exists(target));
            }
        }
        Ok(())
    }

    /// True if an output goes to standard output, under any name.
    #[must_use]
    pub fn take_stdout(&self) -> bool {
        self.take(&Identity::of_stream(Stream::Out))
    }

    /// True if an output goes to standard error or to the same file.
    #[must_use]
    pub fn take_stderr(&self) -> bool {
        self.take(&Identity::of_stream(Stream::Err))
    }

    fn take(&self, stream: &io::Result<Identity>) -> bool {
        stream.as_ref().is_ok_and(|stream| self.outputs.iter().any(|it| it.identity.is_same(stream)))
    }
}

/// The message for an existing file that must not be replaced.
pub fn exists(target: &Target) -> String {
    format!("this file exists already; name another, or leave --no-clobber out: {target}")
}

/// The target of an optional option.
#[must_use]
pub fn target(name: Option<&OsString>) -> Option<Target> {
    name.cloned().map(Target::from)
}

/// What identifies a file, whatever its name.
#[derive(Clone, Debug)]
struct Identity {
    /// The number of the descriptor, if it is open already.
    descriptor: Option<u32>,
    key: Key,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    /// An existing file, by its device and inode.
    #[cfg(unix)]
    Inode { dev: u64, ino: u64, is_file: bool },
    /// A path after all links.
    Path { folder: PathBuf, name: OsString, exists: bool },
    /// A device such as `/dev/null`, where nothing can be overwritten.
    Device,
}

#[derive(Clone, Copy, Debug)]
enum Stream {
    Out,
    Err,
}

impl Identity {
    fn of_target(target: &Target) -> io::Result<Self> {
        match target {
            Target::Stdout => Self::of_stream(Stream::Out),
            Target::File(path) => match Destination::of(path)? {
                Destination::File(path) => Self::of_path(&path),
                Destination::Stream(path) => {
                    Ok(Self { descriptor: None, key: Key::of_stream(&fs::metadata(path)?) })
                }
                it @ Destination::Descriptor(number) => {
                    let file = it.open_stream()?.ok_or(ErrorKind::Unsupported)?;
                    Self::of_descriptor(number, &file)
                }
            },
        }
    }

    fn of_path(path: &Path) -> io::Result<Self> {
        let key = match fs::metadata(path) {
            Ok(metadata) => Key::of_file(&metadata, path)?,
            Err(error) if error.kind() == ErrorKind::NotFound => Key::of_name(path, false)?,
            Err(error) => return Err(error),
        };
        Ok(Self { descriptor: None, key })
    }

    #[cfg(unix)]
    fn of_stream(stream: Stream) -> io::Result<Self> {
        use std::os::fd::AsFd;

        let (number, file) = match stream {
            Stream::Out => (1, io::stdout().as_fd().try_clone_to_owned()?),
            Stream::Err => (2, io::stderr().as_fd().try_clone_to_owned()?),
        };
        Self::of_descriptor(number, &file.into())
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "other systems ask what the stream is")]
    fn of_stream(stream: Stream) -> io::Result<Self> {
        let number = if matches!(stream, Stream::Out) { 1 } else { 2 };
        Ok(Self { descriptor: Some(number), key: Key::Device })
    }

    #[cfg(unix)]
    fn of_stdin() -> io::Result<Self> {
        use std::os::fd::AsFd;

        Self::of_descriptor(0, &io::stdin().as_fd().try_clone_to_owned()?.into())
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "other systems ask what the stream is")]
    fn of_stdin() -> io::Result<Self> {
        Ok(Self { descriptor: Some(0), key: Key::Device })
    }

    fn of_descriptor(number: u32, file: &File) -> io::Result<Self> {
        Ok(Self { descriptor: Some(number), key: Key::of_stream(&file.metadata()?) })
    }

    fn is_same(&self, other: &Self) -> bool {
        let is_one_descriptor = self.descriptor.is_some() && self.descriptor == other.descriptor;
        is_one_descriptor || self.key.is_same(&other.key)
    }

    /// True if an existing file would be replaced.
    fn is_replaced(&self) -> bool {
        self.descriptor.is_none() && self.key.is_existing_file()
    }
}

impl Key {
    #[cfg(unix)]
    #[expect(clippy::unnecessary_wraps, reason = "other systems ask for the path")]
    fn of_file(metadata: &Metadata, _: &Path) -> io::Result<Self> {
        Ok(Self::of_stream(metadata))
    }

    #[cfg(not(unix))]
    fn of_file(_: &Metadata, path: &Path) -> io::Result<Self> {
        Self::of_name(&fs::canonicalize(path)?, true)
    }

    /// The identity of an open or existing file.
    #[cfg(unix)]
    fn of_stream(metadata: &Metadata) -> Self {
        use std::os::unix::fs::{FileTypeExt, MetadataExt};

        if metadata.file_type().is_char_device() {
            return Self::Device;
        }
        Self::Inode { dev: metadata.dev(), ino: metadata.ino(), is_file: metadata.is_file() }
    }

    #[cfg(not(unix))]
    fn of_stream(_: &Metadata) -> Self {
        Self::Device
    }

    /// A file by its folder and its name in the folder.
    fn of_name(path: &Path, exists: bool) -> io::Result<Self> {
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let folder = fs::canonicalize(folder)?;
        Ok(Self::Path { folder, name: path.file_name().ok_or(ErrorKind::IsADirectory)?.into(), exists })
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Device, _) | (_, Self::Device) => false,
            (
                Self::Path { folder, name, exists: false },
                Self::Path { folder: other_folder, name: other, exists: false },
            ) if name != other && folder == other_folder => {
                are_one_name(name, other, || ignores_case(folder))
            }
            (one, other) => one == other,
        }
    }

    fn is_existing_file(&self) -> bool {
        match self {
            #[cfg(unix)]
            Self::Inode { is_file, .. } => *is_file,
            Self::Path { exists, .. } => *exists,
            Self::Device => false,
        }
    }
}

/// True if two different names in a folder name one file, because they differ only in case and the folder ignores
/// case.
fn are_one_name(one: &OsStr, other: &OsStr, ignores_case: impl FnOnce() -> bool) -> bool {
    let lower = |name: &OsStr| name.to_string_lossy().to_lowercase();
    lower(one) == lower(other) && ignores_case()
}

/// Finds out with a temporary file.
fn ignores_case(folder: &Path) -> bool {
    let Ok(probe) = tempfile::Builder::new().prefix(".afterimage-").suffix(".probe").tempfile_in(folder)
    else {
        return false;
    };
    let name = probe.path().file_name().unwrap_or_default().to_string_lossy().to_uppercase();
    fs::symlink_metadata(folder.join(name)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_only_in_case_are_one_file_if_the_folder_ignores_case() {
        let are_one =
            |one: &str, other: &str, ignores| are_one_name(one.as_ref(), other.as_ref(), || ignores);
        assert!(are_one("film.bin", "FILM.BIN", true) && are_one("Über.bin", "über.bin", true));
        assert!(!are_one("film.bin", "FILM.BIN", false) && !are_one("film.bin", "other.bin", true));
    }
}
