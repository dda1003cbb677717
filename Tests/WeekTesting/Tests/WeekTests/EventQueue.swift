/// What is to happen, by time; at one time in the order in which it was said.
struct EventQueue<Event> {
  private struct Entry {
    var at: Int64
    var number: UInt64
    var event: Event

    func isBefore(_ other: Entry) -> Bool { at == other.at ? number < other.number : at < other.at }
  }

  private var heap: [Entry] = []
  private var next: UInt64 = 0

  mutating func add(_ event: Event, at time: Int64) {
    heap.append(Entry(at: time, number: next, event: event))
    next += 1
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].isBefore(heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func popFirst() -> (at: Int64, event: Event)? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    if heap.isEmpty { return (first.at, first.event) }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].isBefore(heap[least]) {
        least = child
      }
      if least == parent { return (first.at, first.event) }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
