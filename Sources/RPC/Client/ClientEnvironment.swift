internal import NIOCore
internal import Wire

/// What a client takes from outside and tests put in themselves: time, chance, and where stream ids begin.
struct ClientEnvironment: Sendable {
  var now: @Sendable () -> NIODeadline = { .now() }
  /// Throws when the task is cancelled.
  var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  /// A number in 0..<1.
  var random: @Sendable () -> Double = { .random(in: 0..<1) }
  var firstStreamID = StreamID.firstOfClient
}
