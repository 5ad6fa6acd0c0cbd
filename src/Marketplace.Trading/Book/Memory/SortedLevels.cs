namespace Marketplace.Trading.Book.Memory;

/// <summary>
/// Level numbers by key, ascending, in blocks of at most <see cref="BlockSize"/>: a level is found by two binary searches, and one
/// that comes or goes moves at most a block. The best key is the highest.
/// </summary>
internal sealed class SortedLevels
{
    private const int BlockSize = 256;
    private readonly List<Block> blocks = [new Block()];

    /// <summary>The level of the highest key, or -1.</summary>
    public int Best { get; private set; } = -1;

    public bool TryFind(long key, out int level)
    {
        var block = BlockOf(key);
        var at = block.Find(key);
        level = at >= 0 ? block.Levels[at] : -1;
        return at >= 0;
    }

    /// <summary>Adds a key that is not there; tells its neighbours, -1 for none.</summary>
    public void Insert(long key, int level, out int lower, out int higher)
    {
        var number = NumberOf(key);
        if (blocks[number].Count == BlockSize)
        {
            blocks.Insert(number + 1, blocks[number].SplitOffUpperHalf());
            number = NumberOf(key);
        }

        var block = blocks[number];
        var at = ~block.Find(key);
        block.Insert(at, key, level);
        lower = at > 0 ? block.Levels[at - 1] : number > 0 ? blocks[number - 1].Last : -1;
        higher = at + 1 < block.Count ? block.Levels[at + 1] : number + 1 < blocks.Count ? blocks[number + 1].Levels[0] : -1;
        if (higher < 0) Best = level;
    }

    public void Remove(long key)
    {
        var number = NumberOf(key);
        var block = blocks[number];
        block.RemoveAt(block.Find(key));
        if (block.Count == 0 && blocks.Count > 1) blocks.RemoveAt(number);
        Best = blocks[^1].Count > 0 ? blocks[^1].Last : -1;
    }

    private Block BlockOf(long key) => blocks.Count == 1 ? blocks[0] : blocks[NumberOf(key)];

    // The last block whose first key is not above the key; the first block for keys below all.
    private int NumberOf(long key)
    {
        var (low, high) = (0, blocks.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (blocks[middle].Keys[0] <= key) low = middle;
            else high = middle - 1;
        }

        return low;
    }

    private sealed class Block
    {
        public long[] Keys { get; } = new long[BlockSize];

        public int[] Levels { get; } = new int[BlockSize];

        public int Count { get; private set; }

        public int Last => Levels[Count - 1];

        /// <summary>Where a key is, or the complement of where it belongs.</summary>
        public int Find(long key)
        {
            // Always as many steps and no jump that depends on a key: which way to go would be guessed wrong every other time.
            var keys = Keys;
            var (at, left) = (0, Count);
            while (left > 1)
            {
                var half = left >> 1;
                at = keys[at + half] <= key ? at + half : at;
                left -= half;
            }

            if (Count == 0 || keys[at] > key) return ~at;
            return keys[at] == key ? at : ~(at + 1);
        }

        public void Insert(int at, long key, int level)
        {
            if (at < Count)
            {
                Array.Copy(Keys, at, Keys, at + 1, Count - at);
                Array.Copy(Levels, at, Levels, at + 1, Count - at);
            }

            (Keys[at], Levels[at]) = (key, level);
            Count++;
        }

        public void RemoveAt(int at)
        {
            if (at == --Count) return;
            Array.Copy(Keys, at + 1, Keys, at, Count - at);
            Array.Copy(Levels, at + 1, Levels, at, Count - at);
        }

        public Block SplitOffUpperHalf()
        {
            var upper = new Block { Count = Count - (Count / 2) };
            Count -= upper.Count;
            Array.Copy(Keys, Count, upper.Keys, 0, upper.Count);
            Array.Copy(Levels, Count, upper.Levels, 0, upper.Count);
            return upper;
        }
    }
}
