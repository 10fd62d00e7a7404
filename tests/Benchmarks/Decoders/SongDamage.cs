namespace TspActors.Benchmarks.Decoders;

/// <summary>Damages songs in ten ways, always in the same places.</summary>
internal static class SongDamage
{
    internal static IEnumerable<TestSong> Of(TestSong song)
    {
        var bytes = song.Bytes;
        var (third, half) = (bytes.Length / 3, bytes.Length / 2);
        yield return Named("3 bytes changed", Changed(bytes, 3));
        yield return Named("300 bytes changed", Changed(bytes, 300));
        yield return Named("10 % changed", Changed(bytes, bytes.Length / 10));
        yield return Named("without its beginning", bytes[1234..]);
        yield return Named("without its end", bytes[..^1234]);
        yield return Named("a hole of 100 zeros", WithHole(bytes, half, 100));
        yield return Named("a hole of a third", WithHole(bytes, third, third));
        yield return Named("777 bytes lost", [.. bytes[..half], .. bytes[(half + 777)..]]);
        yield return Named("a part twice", [.. bytes[..half], .. bytes[third..]]);
        yield return Named("noise inserted", [.. bytes[..half], .. Noise(3000), .. bytes[half..]]);

        TestSong Named(string how, byte[] damaged) => new(TestSong.Damaged, $"{song.Name}, {how}", damaged, 0);
    }

    private static byte[] Changed(byte[] bytes, int count)
    {
        var (random, changed) = (new Random(count), (byte[])bytes.Clone());
        for (; count > 0; count--)
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
        return changed;
    }

    private static byte[] WithHole(byte[] bytes, int at, int length)
    {
        var holed = (byte[])bytes.Clone();
        holed.AsSpan(at, length).Clear();
        return holed;
    }

    private static byte[] Noise(int length)
    {
        var noise = new byte[length];
        new Random(length).NextBytes(noise);
        return noise;
    }
}
