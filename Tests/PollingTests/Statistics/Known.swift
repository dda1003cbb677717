import Testing

/// A value that must be there, also within another macro.
func known<Value>(_ value: Value?, at location: SourceLocation = #_sourceLocation) throws -> Value {
  try #require(value, sourceLocation: location)
}
