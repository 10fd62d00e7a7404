using FsCheck.Xunit;
using TspActors.Gateway.Library;

namespace TspActors.Gateway.Tests.Library;

public sealed class IntListsSpecs
{
    [Property(MaxTest = 50)]
    public void Many_lists_contain_what_was_added_and_not_removed_in_order(int seed)
    {
        var random = new Random(seed);
        var lists = new IntLists();
        var (handles, model) = (new IntList[30], Enumerable.Range(0, 30).Select(_ => new List<int>()).ToArray());
        for (var step = 0; step < 5_000; step++)
        {
            // Low numbers are much more frequent, so that some lists grow long.
            var at = (int)(handles.Length * Math.Pow(random.NextDouble(), 3));
            var item = random.Next(1, 50);
            if (random.Next(5) < 3)
            {
                lists.Add(ref handles[at], item);
                model[at].Add(item);
            }
            else
            {
                var last = model[at].LastIndexOf(item);
                Assert.Equal(last >= 0, lists.Remove(ref handles[at], item));
                if (last >= 0)
                    model[at].RemoveAt(last);
            }
        }

        Assert.All(handles.Zip(model), pair => Assert.Equal(pair.Second, lists.Items(pair.First).ToArray()));
    }

    [Fact]
    public void Long_lists_grow_and_shrink_beside_short_ones()
    {
        var lists = new IntLists();
        var handles = new IntList[3];
        for (var item = 0; item < 200_000; item++)
        {
            lists.Add(ref handles[0], item);
            if (item % 10 == 0)
                lists.Add(ref handles[1], item);
            if (item % 50_000 == 0)
                lists.Add(ref handles[2], item);
        }

        Assert.Equal(Enumerable.Range(0, 200_000), lists.Items(handles[0]).ToArray());
        for (var item = 199_999; item >= 3; item--)
            Assert.True(lists.Remove(ref handles[0], item));

        Assert.Equal([0, 1, 2], lists.Items(handles[0]).ToArray());
        Assert.Equal(Enumerable.Range(0, 20_000).Select(item => item * 10), lists.Items(handles[1]).ToArray());
        Assert.Equal([0, 50_000, 100_000, 150_000], lists.Items(handles[2]).ToArray());
        Assert.False(lists.Remove(ref handles[2], 7));
    }
}
