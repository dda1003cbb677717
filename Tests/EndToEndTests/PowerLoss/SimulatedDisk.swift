import SeededRandom

/// A disk as POSIX promises it, and no better: bytes are safe once their file was synced, names once their directory was.
/// Everything else is, after a power loss, there, gone, or there in parts.
struct SimulatedDisk: Sendable {
  struct Unknown: Error, CustomStringConvertible {
    var description: String
  }

  /// What becomes of what was not synced.
  enum Loss: Int, CaseIterable, Sendable {
    case everything, nothing
    /// Each 512 bytes of each write, each truncation and each name by itself.
    case parts
  }

  private enum Change {
    case write(at: Int, [UInt8])
    case truncate(to: Int)
  }

  private struct File {
    var safe: [UInt8] = []
    var pending: [Change] = []
    /// How many of `pending` the sync that is under way covers.
    var syncing: Int?

    mutating func syncBegins() { syncing = pending.count }

    mutating func sync() {
      let count = min(syncing ?? pending.count, pending.count)
      for change in pending.prefix(count) { Self.apply(change, to: &safe) }
      pending.removeFirst(count)
      syncing = nil
    }

    static func apply(_ change: Change, to bytes: inout [UInt8]) {
      switch change {
      case .write(let offset, let new): put(new[...], at: offset, in: &bytes)
      case .truncate(let size):
        if size < bytes.count {
          bytes.removeLast(bytes.count - size)
        } else {
          bytes += [UInt8](repeating: 0, count: size - bytes.count)
        }
      }
    }

    static func put(_ new: ArraySlice<UInt8>, at offset: Int, in bytes: inout [UInt8]) {
      if bytes.count < offset { bytes += [UInt8](repeating: 0, count: offset - bytes.count) }
      let end = min(bytes.count, offset + new.count)
      bytes.replaceSubrange(offset..<end, with: new)
    }
  }

  /// One change of one directory, which a crash does not tear.
  private struct Naming {
    var added: (name: String, node: Int)?
    var removed: String?
  }

  private struct Directory {
    var safe: [String: Int] = [:]
    var pending: [Naming] = []
    var syncing: Int?
    /// As programs see it.
    var names: [String: Int] = [:]

    mutating func change(_ naming: Naming) {
      Self.apply(naming, to: &names)
      pending.append(naming)
    }

    mutating func syncBegins() { syncing = pending.count }

    mutating func sync() {
      let count = min(syncing ?? pending.count, pending.count)
      for naming in pending.prefix(count) { Self.apply(naming, to: &safe) }
      pending.removeFirst(count)
      syncing = nil
    }

    static func apply(_ naming: Naming, to names: inout [String: Int]) {
      if let removed = naming.removed { names[removed] = nil }
      if let added = naming.added { names[added.name] = added.node }
    }
  }

  /// What a directory tree is after a restart.
  struct Image: Equatable, Sendable {
    var directories: [String] = []
    var files: [String: [UInt8]] = [:]
  }

  // By node; node 0 is the root. A node is in one of them.
  private var files: [Int: File] = [:]
  private var directories: [Int: Directory] = [0: Directory()]
  private var nodes = 1

  init() {}

  // MARK: - While there is power

  mutating func apply(_ event: DiskEvent) throws {
    switch event {
    case .makeDirectory(let path):
      let node = newNode()
      directories[node] = Directory()
      try add(node, as: path)
    case .create(let path):
      let (parent, name) = try place(path)
      if directories[parent]?.names[name] != nil { return }
      let node = newNode()
      files[node] = File()
      try add(node, as: path)
    case .write(let path, let offset, let bytes):
      files[try file(path)]?.pending.append(.write(at: offset, bytes))
    case .truncate(let path, let size):
      files[try file(path)]?.pending.append(.truncate(to: size))
    case .link(let from, let to):
      try add(try file(from), as: to)
    case .rename(let from, let to):
      let node = try node(from)
      let (source, old) = try place(from)
      let (target, new) = try place(to)
      if source == target {
        directories[source]?.change(Naming(added: (new, node), removed: old))
      } else {
        directories[target]?.change(Naming(added: (new, node)))
        directories[source]?.change(Naming(removed: old))
      }
    case .remove(let path):
      let (parent, name) = try place(path)
      directories[parent]?.change(Naming(removed: name))
    case .syncBegins(let path):
      guard let node = try? node(path) else { return }
      files[node]?.syncBegins()
      directories[node]?.syncBegins()
    case .sync(let path):
      let node = try node(path)
      files[node]?.sync()
      directories[node]?.sync()
    case .said, .sent, .received, .ended: return
    }
  }

  private mutating func newNode() -> Int {
    defer { nodes += 1 }
    return nodes
  }

  private mutating func add(_ node: Int, as path: String) throws {
    let (parent, name) = try place(path)
    directories[parent]?.change(Naming(added: (name, node)))
  }

  private func place(_ path: String) throws -> (parent: Int, name: String) {
    var names = path.split(separator: "/")
    guard let name = names.popLast() else { throw Unknown(description: "the root has no name") }
    return (try node(names.joined(separator: "/")), String(name))
  }

  private func node(_ path: String) throws -> Int {
    var node = 0
    for name in path.split(separator: "/") {
      guard let next = directories[node]?.names[String(name)] else {
        throw Unknown(description: "the log never made \(path)")
      }
      node = next
    }
    return node
  }

  private func file(_ path: String) throws -> Int {
    let node = try node(path)
    guard files[node] != nil else { throw Unknown(description: "\(path) is no file") }
    return node
  }

  // MARK: - After it

  /// What is there when the power comes back.
  func image(_ loss: Loss, random: inout SplitMix64) -> Image {
    var image = Image()
    let share = [0.1, 0.5, 0.9].randomElement(using: &random) ?? 0.5
    func isKept() -> Bool {
      switch loss {
      case .everything: false
      case .nothing: true
      case .parts: Double.random(in: 0..<1, using: &random) < share
      }
    }
    func bytes(_ file: File) -> [UInt8] {
      var bytes = file.safe
      for change in file.pending {
        guard case .write(let offset, let new) = change, loss == .parts else {
          if isKept() { File.apply(change, to: &bytes) }
          continue
        }
        var start = 0
        while start < new.count {
          // To the next multiple of 512 in the file.
          let end = min(new.count, start + 512 - (offset + start) % 512)
          if isKept() { File.put(new[start..<end], at: offset + start, in: &bytes) }
          start = end
        }
      }
      return bytes
    }
    // Of two names of one file the bytes are the same.
    var known: [Int: [UInt8]] = [:]
    func add(_ directory: Directory, _ prefix: String) {
      var names = directory.safe
      for naming in directory.pending where isKept() { Directory.apply(naming, to: &names) }
      for (name, node) in names.sorted(by: { $0.key < $1.key }) {
        if let directory = directories[node] {
          image.directories.append(prefix + name)
          add(directory, prefix + name + "/")
        } else if let file = files[node] {
          let found = known[node] ?? bytes(file)
          known[node] = found
          image.files[prefix + name] = found
        }
      }
    }
    add(directories[0] ?? Directory(), "")
    return image
  }
}
