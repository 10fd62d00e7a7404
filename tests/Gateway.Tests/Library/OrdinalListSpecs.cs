using FsCheck.Xunit;
using TspActors.Gateway.Library;

namespace TspActors.Gateway.Tests.Library;

public sealed class OrdinalListSpecs
{
    private const int Length = 1_000;

    [Property(MaxTest = 100)]
    public void A_set_contains_exactly_what_was_put_into_it(int seed)
    {
        var random = new Random(seed);
        var (left, leftModel) = RandomSet(random);
        var (right, rightModel) = RandomSet(random);

        Check(left, leftModel);
        left.And(right);
        leftModel.IntersectWith(rightModel);
        Check(left, leftModel);
        var (third, thirdModel) = RandomSet(random);
        left.Or(third);
        leftModel.UnionWith(thirdModel);
        Check(left, leftModel);
        left.Except(right);
        leftModel.ExceptWith(rightModel);
        Check(left, leftModel);

        void Check(Bits bits, SortedSet<int> model)
        {
            Assert.Equal(model, bits.ToArray());
            Assert.Equal(model.Count, bits.Count());
            var items = new List<int>();
            foreach (var item in bits)
                items.Add(item);
            Assert.Equal(model, items);
            var part = new int[Math.Min(20, model.Count)];
            var skip = random.Next(model.Count - part.Length + 1);
            bits.CopyTo(part, skip);
            Assert.Equal(model.Skip(skip).Take(part.Length), part);
            Assert.All(Enumerable.Range(0, Length), item => Assert.Equal(model.Contains(item), bits.Has(item)));
        }
    }

    [Fact]
    public void A_set_grows_when_something_is_put_into_it_but_not_otherwise()
    {
        var bits = new Bits(0);
        bits.Set(100);
        Assert.Equal(0, bits.Count());
        bits.Put(100, true);
        bits.Put(1_000, true);
        bits.Put(100, false);
        Assert.Equal([1_000], bits.ToArray());
    }

    [Property(MaxTest = 100)]
    public void A_page_is_a_slice_of_the_parts_in_order(int seed)
    {
        var random = new Random(seed);
        var (builder, model) = (new OrdinalList.Builder(), new List<int>());
        for (var part = random.Next(5); part > 0; part--)
        {
            var (bits, items) = RandomSet(random);
            if (random.Next(2) == 0)
            {
                var array = items.ToArray();
                random.Shuffle(array);
                builder.Add(array);
                model.AddRange(array);
            }
            else
            {
                builder.Add(bits, items.Count, Length);
                model.AddRange(items);
            }

            bits.Clear(Length);
        }

        var list = builder.Build();
        Assert.Equal(model.Count, list.Count);
        for (var request = 0; request < 20; request++)
        {
            var (offset, count) = (random.Next(-1, model.Count + 5), random.Next(-1, 300));
            Assert.Equal(offset < 0 ? [] : model.Skip(offset).Take(count), list.Page(offset, count));
        }

        var numbers = Enumerable.Range(0, Length).Select(item => item % 3 == 0 ? -1 : item / 2).ToArray();
        Assert.Equal(model.Select(item => numbers[item]), list.Renumbered(numbers).Page(0, int.MaxValue));
    }

    private static (Bits Bits, SortedSet<int> Model) RandomSet(Random random)
    {
        var (bits, model) = (new Bits(Length), new SortedSet<int>());
        var most = random.Next(2) == 0 ? 20 : Length;
        for (var count = random.Next(most); count > 0; count--)
        {
            var item = random.Next(Length);
            bits.Set(item);
            model.Add(item);
        }

        return (bits, model);
    }
}
