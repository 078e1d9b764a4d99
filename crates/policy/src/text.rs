//! The text of a document: headings, paragraphs and lists, written with the few signs of Markdown
//! that say so. Nothing in it is markup: what is not one of the signs is shown as it is written.

/// A part of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Block {
    /// A heading: a line that begins with `## `.
    Heading(String),
    /// A paragraph: lines up to the next empty one.
    Paragraph(String),
    /// A list: lines that begin with `- `, each with the indented lines that go on with it.
    List(Vec<String>),
}

const HEADING: &str = "## ";
const ITEM: &str = "- ";

/// The parts of a text, in order.
#[must_use]
pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    // Whether the line goes on with the block before it.
    let mut goes_on = false;
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            goes_on = false;
        } else if let Some(heading) = line.strip_prefix(HEADING) {
            blocks.push(Block::Heading(heading.trim().to_owned()));
            goes_on = false;
        } else if let Some(item) = line.strip_prefix(ITEM) {
            let item = item.trim().to_owned();
            match blocks.last_mut() {
                Some(Block::List(items)) => items.push(item),
                _ => blocks.push(Block::List(vec![item])),
            }
            goes_on = true;
        } else {
            let before = if goes_on { blocks.last_mut() } else { None };
            match before {
                Some(Block::Paragraph(words)) => join(words, line),
                Some(Block::List(items)) => {
                    if let Some(words) = items.last_mut() {
                        join(words, line);
                    }
                }
                _ => blocks.push(Block::Paragraph(line.to_owned())),
            }
            goes_on = true;
        }
    }
    blocks
}

fn join(words: &mut String, line: &str) {
    words.push(' ');
    words.push_str(line);
}

/// How many headings a text has.
pub(crate) fn headings(text: &str) -> usize {
    let blocks = blocks(text).into_iter();
    blocks
        .filter(|block| matches!(block, Block::Heading(_)))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_headings_paragraphs_and_lists() {
        let text = "## 1. Who\nWe are\nhere.\n\nWe sell:\n- books,\n  new ones,\n- ink.\n\nNo <b>more</b>.";
        let said = |words: &str| words.to_owned();
        assert_eq!(
            blocks(text),
            [
                Block::Heading(said("1. Who")),
                Block::Paragraph(said("We are here.")),
                Block::Paragraph(said("We sell:")),
                Block::List(vec![said("books, new ones,"), said("ink.")]),
                Block::Paragraph(said("No <b>more</b>.")),
            ]
        );
        assert_eq!(headings(text), 1);
        assert!(blocks(" \n\n").is_empty());
    }
}
