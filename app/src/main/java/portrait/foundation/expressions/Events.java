package portrait.foundation.expressions;

/// Which events count: what they are, and when they happened. Events of the future never count.
public record Events(Pick pick, Window window) {}
