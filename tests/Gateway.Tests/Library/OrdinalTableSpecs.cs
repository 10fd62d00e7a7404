using FsCheck.Xunit;
using TspActors.Gateway.Library;

namespace TspActors.Gateway.Tests.Library;

public sealed class OrdinalTableSpecs
{
    // With few hash codes, many rows collide, also at the end of the table.
    [Property(MaxTest = 100)]
    public void It_finds_what_was_added_and_not_removed(int seed)
    {
        var random = new Random(seed);
        var codes = random.Next(1, 200);
        var keys = Enumerable.Range(0, 500).Select(_ => random.Next()).ToArray();
        uint CodeOf(int key) => (uint)(key % codes) * 0xFFFF_FFFF / (uint)codes;
        var table = new OrdinalTable(ordinal => CodeOf(keys[ordinal]));
        var model = new HashSet<int>();
        for (var step = 0; step < 3_000; step++)
        {
            var ordinal = random.Next(keys.Length);
            if (random.Next(2) == 0 && model.Add(ordinal))
            {
                table.Add(ordinal);
            }
            else
            {
                table.Remove(ordinal);
                model.Remove(ordinal);
            }
        }

        for (var ordinal = 0; ordinal < keys.Length; ordinal++)
        {
            var found = table.Find(CodeOf(keys[ordinal]), keys[ordinal], (other, key) => keys[other] == key);
            Assert.Equal(model.Contains(ordinal) ? ordinal : -1, found);
        }
    }
}
