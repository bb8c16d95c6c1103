import CKernels
import Compute
import Testing

@Suite struct MachineLimitsTests {
    @Test func chainsCountTheirMultiplyAdds() {
        var result: Int32 = 0
        let each = spa_int8_chains(1, &result)
        #expect(each > 0)
        #expect(spa_int8_chains(7, &result) == 7 * each)
        #expect(!MachineLimits.instructions.isEmpty)
    }

    @Test(arguments: [0, 1024, 4096]) func readingSeesEveryByte(ahead: Int) throws {
        let count = 8192
        let memory = try #require(spa_allocate_huge(count))
        defer { spa_free_huge(memory, count) }
        let bytes = memory.bindMemory(to: UInt8.self, capacity: count)
        #expect(spa_read_memory(memory, count, ahead) == 0)
        for index in [0, 1, 255, 256, 4095, count - 1] {
            bytes[index] = 1
            #expect(spa_read_memory(memory, count, ahead) == 1 << (8 * UInt64(index % 8)))
            bytes[index] = 0
        }
    }

    @Test(arguments: [1, 2, 3]) func limitsArePositive(threads: Int) throws {
        let limits = try #require(MachineLimits.measure(threads: threads, bytes: 1 << 20))
        #expect(limits.multiplyAdds > 0 && limits.readBytes > 0)
        let other = MachineLimits(multiplyAdds: 2 * limits.multiplyAdds, readBytes: limits.readBytes / 2)
        #expect(
            limits.union(other)
                == MachineLimits(multiplyAdds: other.multiplyAdds, readBytes: limits.readBytes))
    }
}
