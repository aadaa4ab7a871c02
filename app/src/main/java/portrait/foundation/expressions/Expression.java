package portrait.foundation.expressions;

/// A condition or a formula: the one tree that text and YAML are parsed to, and that both evaluators read.
public sealed interface Expression permits Condition, Formula {}
