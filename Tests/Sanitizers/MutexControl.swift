import Dispatch
import Synchronization

// No race: alone, the thread sanitizer reports some; with mutex.so, none. With an argument there is a true one beside it.
final class Counter: @unchecked Sendable {
  let guarded = Mutex(0)
  var bare = 0
}
let counter = Counter()
let isBroken = CommandLine.arguments.count > 1
DispatchQueue.concurrentPerform(iterations: 8) { _ in
  for _ in 0..<100_000 {
    counter.guarded.withLock { $0 += 1 }
    if isBroken { counter.bare += 1 }
  }
}
