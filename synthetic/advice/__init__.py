"""What a cause means to a user, what to do about it, and who to turn to: in Russian and English, from the catalogue.

The catalogue is data, a table for each cause in the TOML files beside this module. It is checked as a whole when it is
read: every cause is there and no other, in both languages, and every word of it is of a known kind.
"""

from synthetic.advice.advice import Advice, Language, Turn, advise, explained, telling
from synthetic.advice.catalogue import CatalogueInvalid, catalogue

__all__ = ["Advice", "CatalogueInvalid", "Language", "Turn", "advise", "catalogue", "explained", "telling"]
