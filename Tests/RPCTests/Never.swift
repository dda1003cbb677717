/// Waits for what never comes; ends by cancellation only, and throws it.
func never() async throws -> Swift.Never {
  let nothing = AsyncStream<Void> { _ in }
  for await _ in nothing {}
  throw CancellationError()
}
