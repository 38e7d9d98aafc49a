"""Packages of the public index that robots meet, and that no bot is called by honest chance.

Rules this module keeps: a list to recognise names with, never one to allow anything by; normalised (PEP 503).

Usage::

    "numpy" in WELL_KNOWN  # True
"""

__all__ = ["WELL_KNOWN"]

WELL_KNOWN = frozenset(
    """
    aiofiles aiohttp aiosqlite alembic altair ansible anyio apache-airflow appium-python-client
    apscheduler arrow asgiref asyncpg attrs azure-core azure-identity azure-keyvault-secrets
    azure-storage-blob babel beautifulsoup4 black bleach bokeh boto3 botocore bottle brotli build
    cachetools camelot-py celery certifi cffi chardet charset-normalizer cherrypy click colorama
    comtypes coverage cryptography cssselect cx-oracle cython dash dask dateparser django
    django-rest-framework djangorestframework dnspython docutils docx2pdf email-validator et-xmlfile
    exchangelib extract-msg fabric faker fastapi filelock flake8 flask fonttools freezegun fsspec gevent
    gitpython google-api-core google-auth google-cloud-storage greenlet grpcio gunicorn h11 h5py
    holidays html5lib httpcore httplib2 httptools httpx hypothesis icalendar idna importlib-metadata
    isort itsdangerous jinja2 jmespath joblib jsonpath-ng jsonschema jupyter jwcrypto keyring kombu
    ldap3 loguru lxml mako markdown markdown-it-py markupsafe matplotlib mechanize mock more-itertools
    moto msal msgpack msoffcrypto-tool multidict mypy mysqlclient nbconvert networkx nltk notebook numba
    numpy oauthlib odfpy office365-rest-python-client openai opencv-python openpyxl opentelemetry-api
    oracledb orjson packaging pandas paramiko pdfkit pdfminer-six pdfplumber peewee pexpect pikepdf
    pillow pip pipenv pipx platformdirs playwright plotly pluggy poetry polars prometheus-client
    protobuf psutil psycopg psycopg2 psycopg2-binary pyarrow pyasn1 pyautogui pycparser pycryptodome
    pycryptodomex pydantic pydantic-core pydantic-settings pygments pyhanko pyinstaller pyjwt pykcs11
    pymongo pymssql pymupdf pymysql pynput pyodbc pyopenssl pyotp pypdf pypdf2 pyperclip pyquery
    pyrsistent pyserial pyshark pysocks pytesseract pytest python-dateutil python-docx python-dotenv
    python-jose python-ldap python-magic python-multipart python-pptx python-slugify python-stdnum pytz
    pywin32 pywinauto pyyaml pyzmq rapidfuzz redis regex reportlab requests requests-kerberos
    requests-ntlm requests-oauthlib rich robotframework rpaframework rsa ruamel-yaml ruff scikit-learn
    scipy scrapy seaborn selenium sentry-sdk setuptools shapely signxml simplejson six slack-sdk sniffio
    sortedcontainers soupsieve spacy sphinx sqlalchemy sqlparse stamina starlette statsmodels structlog
    suds-community tabula-py tabulate tenacity tensorflow toml tomli tomlkit torch tornado tox tqdm
    transformers trio twilio twine twisted typer typing-extensions tzdata tzlocal ujson unidecode
    uritemplate urllib3 uv uvicorn uvloop virtualenv waitress watchdog watchfiles webdriver-manager
    websocket-client websockets werkzeug wheel wrapt xlrd xlsxwriter xlwings xlwt xmlschema xmlsec
    xmltodict yarl zeep zipp zope-interface zstandard
    """.split()  # noqa: SIM905 - two hundred lines would say no more
)
"""Names, normalised."""
