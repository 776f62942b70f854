//! evict
