using FsCheck.Xunit;
using TspActors.Gateway.Library;

namespace TspActors.Gateway.Tests.Library;

public sealed class TextPoolSpecs
{
    [Property(MaxTest = 30)]
    public void Texts_are_returned_unchanged_and_compared_by_code_point(int seed)
    {
        var random = new Random(seed);
        var pool = new TextPool();
        // The longest ones fill several chunks.
        var texts = Enumerable.Range(0, 800)
            .Select(_ => new string([.. Enumerable.Range(0, random.Next(4) == 0 ? random.Next(2_000) : random.Next(4)).Select(_ => "abäß愛"[random.Next(5)])]))
            .ToList();
        var numbers = texts.ConvertAll(pool.Add);

        Assert.Equal(texts, numbers.Select(pool.Get));
        for (var pair = 0; pair < 500; pair++)
        {
            var (left, right) = (random.Next(texts.Count), random.Next(texts.Count));
            Assert.Equal(
                Math.Sign(string.CompareOrdinal(texts[left], texts[right])), Math.Sign(pool.Compare(numbers[left], numbers[right])));
        }
    }
}
