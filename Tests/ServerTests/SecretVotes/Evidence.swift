import Foundation

/// Where anything of voters and ballots lies, in every file of every moment. Looked for once: files are large and many.
struct Evidence {
  struct File {
    var data: Data
    /// Per voter, per ballot, and per voter for the time of their coming: places in the file, ascending.
    var voters: [[Int]]
    var ballots: [[Int]]
    var times: [[Int]]
  }

  let sighting: Sighting
  let moments: [[File]]
  /// Each file once, whenever it was as it is.
  var files: [File] { Array(known.values) }
  private let known: [Data: File]

  init(_ sighting: Sighting) {
    self.sighting = sighting
    let times = sighting.times.map { time in
      // As eight bytes, or as a number of FORMAT.md.
      var (rest, packed) = (UInt64(bitPattern: time << 1), Data())
      while rest >= 0x80 {
        packed.append(UInt8(rest & 0x7F) | 0x80)
        rest >>= 7
      }
      packed.append(UInt8(rest))
      return [withUnsafeBytes(of: time.bigEndian) { Data($0) }, packed]
    }
    let finder = Finder(sighting.voters + sighting.ballots + times)
    let (voters, ballots) = (sighting.voters.count, sighting.ballots.count)
    var known: [Data: File] = [:]
    moments = sighting.moments.map { files in
      files.map { data in
        if let file = known[data] { return file }
        // Most files are what one was before, and something more.
        let same = known.values.map { ($0, Self.commonStart($0.data, data)) }.max { $0.1 < $1.1 }
        let start = max(0, (same?.1 ?? 0) - 256)
        var places = finder.places(in: data, from: start)
        if let file = same?.0, start > 0 {
          let before = (file.voters + file.ballots + file.times).map { $0.filter { $0 < start } }
          places = zip(before, places).map { $0 + $1 }
        }
        let file = File(
          data: data, voters: Array(places[..<voters]), ballots: Array(places[voters..<voters + ballots]),
          times: Array(places[(voters + ballots)...]))
        known[data] = file
        return file
      }
    }
    self.known = known
  }

  /// How many bytes both begin with, to a few thousand.
  private static func commonStart(_ one: Data, _ other: Data) -> Int {
    let piece = 4_096
    var start = 0
    while start + piece <= min(one.count, other.count), one[start..<start + piece] == other[start..<start + piece] {
      start += piece
    }
    return start
  }
}

/// Finds many short strings of bytes in one pass.
private struct Finder {
  private let count: Int
  private var byStart: [UInt32: [(owner: Int, trace: [UInt8])]] = [:]
  /// Of the first two bytes: whether any begins so.
  private var begins = [Bool](repeating: false, count: 1 << 16)

  /// - Parameter owners: of each one its traces, of four bytes or more.
  init(_ owners: [[Data]]) {
    count = owners.count
    for (owner, traces) in owners.enumerated() {
      for trace in traces where trace.count >= 4 {
        let bytes = Array(trace)
        begins[Int(bytes[0]) | Int(bytes[1]) << 8] = true
        byStart[bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }, default: []].append((owner, bytes))
      }
    }
  }

  func places(in data: Data, from start: Int) -> [[Int]] {
    var places = [[Int]](repeating: [], count: count)
    data.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      begins.withUnsafeBufferPointer { begins in
        var place = start
        while place + 4 <= bytes.count {
          if begins[Int(bytes[place]) | Int(bytes[place + 1]) << 8],
            let found = byStart[bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)]
          {
            for (owner, trace) in found
            where trace.count <= bytes.count - place && memcmp(base + place, trace, trace.count) == 0 {
              places[owner].append(place)
            }
          }
          place += 1
        }
      }
    }
    return places
  }
}
