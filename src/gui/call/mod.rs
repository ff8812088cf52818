//! A call beside its panels: the diagram of its network, its packets, its observers, and its design.
//!
//! | files | what they are for |
//! |---|---|
//! | `call_ui` | the area above the panels, and which details it has |
//! | `design_ui` | protection, media, keys, waiting room, who leaves |
//! | `moment`, `travel` | the call at a moment; which packets and keys are on their way |
//! | `network_layout` | where stations stand |
//! | `diagram`, `station_ui`, `signs` | painting them |
//! | `packets_ui`, `observer_ui`, `comparison_ui` | the details of a link, of an observer, and of all protections |

pub(in crate::gui) mod call_ui;
mod comparison_ui;
pub(in crate::gui) mod design_ui;
mod diagram;
mod moment;
mod network_layout;
mod observer_ui;
mod packets_ui;
mod signs;
mod station_ui;
mod title_ui;
mod travel;
