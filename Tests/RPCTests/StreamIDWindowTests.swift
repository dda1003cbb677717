import SeededRandom
import Testing
import Wire

@testable import RPC

@Suite struct StreamIDWindowTests {
  private func id(_ value: UInt32) -> StreamID { StreamID(rawValue: value) }

  @Test func idsComeOnceAndALittleOutOfOrder() {
    var window = StreamIDWindow()
    #expect(!window.isUsed(id(1)))
    let answers = [(3, true), (1, true), (1, false), (3, false), (7, true), (5, true), (5, false)]
    for (value, isNew) in answers {
      #expect(window.use(id(UInt32(value))) == isNew, "\(value)")
    }
    #expect(window.highest == id(7))
  }

  @Test func idsOlderThanTheWindowCountAsUsed() {
    var window = StreamIDWindow()
    #expect(window.use(id(2 * StreamIDWindow.size + 1)) == true)
    #expect(window.isUsed(id(1)), "1024 ordinals back")
    #expect(!window.isUsed(id(3)))
    #expect(window.use(id(3)) == true)
    #expect(window.use(id(3)) == false)
  }

  @Test func theLastIDOfAll() {
    var window = StreamIDWindow()
    #expect(window.use(id(.max)) == true)
    #expect(window.use(id(.max)) == false)
    #expect(window.use(id(.max - 2)) == true)
    #expect(window.isUsed(id(1)))
  }

  @Test func agreesWithASetOverRandomIDs() {
    var random = SplitMix64()
    var window = StreamIDWindow()
    var used: Set<UInt32> = []
    var highest: UInt32 = 0
    for _ in 0..<20_000 {
      let near = Int64(highest) + Int64.random(in: -2300...60, using: &random)
      let far = Int64(highest) + Int64.random(in: 0...5000, using: &random)
      let value = UInt32(clamping: UInt8.random(in: 0 ... .max, using: &random) == 0 ? far : near) | 1
      let isOld = value < highest && (highest >> 1) - (value >> 1) >= StreamIDWindow.size
      let isNew = !used.contains(value) && !isOld
      #expect(window.isUsed(id(value)) == !isNew, "seed \(random.seed), id \(value), highest \(highest)")
      if Bool.random(using: &random) {
        #expect(window.use(id(value)) == isNew, "seed \(random.seed), id \(value), highest \(highest)")
        used.insert(value)
        highest = isOld ? highest : max(highest, value)
      }
    }
  }
}
