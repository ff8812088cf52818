//! Hand the arguments over, and tell the shell how it ended.

use std::process::ExitCode;

fn main() -> ExitCode {
    afterimage::cli::main(std::env::args_os()).into()
}
