//! Threads that give way: what a carrier waits for goes before what can be done a moment later.

/// How much a thread gives way, from 0 (not at all) to 19. At 10 it gets about a tenth of a core
/// that an acknowledgement wants too, and all of one that nobody wants.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// Lets the calling thread give way to the threads that acknowledge.
///
/// On other systems than Linux a priority belongs to the whole process, so nothing is done.
pub(crate) fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!(%error, "a thread keeps its priority");
    }
}
