//! `afterimage schemes`, `afterimage lenses` and `afterimage layouts`: lists with one line per item.

use std::io::Write;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::output::Output;
use super::terminal::progress::VerbosityArgs;
use crate::crypto::Scheme;
use crate::lens::Lens;
use crate::picture::layout::Layout;

/// Arguments of a list.
#[derive(Args, Clone, Copy, Debug)]
pub struct ListArgs {
    /// The output format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    pub(super) verbosity: VerbosityArgs,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// Lines of text
    #[default]
    Table,
    /// A JSON array of objects
    Json,
}

/// A list.
#[derive(Clone, Copy, Debug)]
pub enum List {
    /// Every scheme, with and without its habit.
    Schemes,
    /// Every lens.
    Lenses,
    /// Every layout, in rows and in tiles.
    Layouts,
}

/// A line of a list.
#[derive(Serialize)]
struct Item {
    /// The name on the command line.
    name: String,
    about: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<&'static str>,
}

impl List {
    fn items(self) -> Vec<Item> {
        let item = |name: String, about: &str| Item { name, about: about.to_owned(), options: None };
        match self {
            Self::Schemes => Scheme::all().map(|scheme| item(scheme.to_string(), scheme.about())).collect(),
            Self::Lenses => {
                let of =
                    |lens: Lens| Item { options: lens.options(), ..item(lens.to_string(), lens.about()) };
                Lens::ALL.iter().copied().map(of).collect()
            }
            Self::Layouts => {
                let tiles = |layout: Layout| if layout.is_tiled() { " --tiles" } else { "" };
                let layouts = Layout::ALL.into_iter().chain(Layout::TILED);
                layouts.map(|it| item(format!("{}{}", it.name(), tiles(it)), it.about())).collect()
            }
        }
    }
}

/// Prints a list.
///
/// # Errors
/// If standard output cannot be written.
pub fn run(list: List, args: ListArgs) -> anyhow::Result<()> {
    let items = list.items();
    let mut out = Output::stdout();
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&items)?)?,
        Format::Table => {
            let widest = items.iter().map(|item| item.name.len()).max().unwrap_or_default();
            for Item { name, about, options } in items {
                let options = options.map(|options| format!("; options: {options}")).unwrap_or_default();
                writeln!(out, "{name:<widest$}  {about}{options}")?;
            }
        }
    }
    out.finish()
}
