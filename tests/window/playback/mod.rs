//! Playing, seeking, loops and speed.

mod event_batches;
mod loop_and_speed;
mod playing;
mod seeking;
