/// Elements that keep their index for as long as they are in; an index that was freed is given again.
struct Slots<Element> {
  /// nil where an index is free.
  var elements: [Element?] = []
  private var free: [Int] = []

  var count: Int { elements.count - free.count }
  var isEmpty: Bool { count == 0 }

  mutating func add(_ element: Element) -> Int {
    guard let index = free.popLast() else {
      elements.append(element)
      return elements.count - 1
    }
    elements[index] = element
    return index
  }

  mutating func remove(at index: Int) {
    guard elements.indices.contains(index), elements[index] != nil else { return }
    elements[index] = nil
    free.append(index)
  }
}
