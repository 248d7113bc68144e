//! The commonest choice.

crate::choice! {
    /// Off or on, off at first: what breaks a protocol, or mends it.
    pub enum Switch { Off = "off" "off", On = "on" "on" }
}
